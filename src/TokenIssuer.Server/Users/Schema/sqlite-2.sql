-- Version 2: what is to be revoked after a change of a user, written with the change and deleted when it is done.

CREATE TABLE "RevocationOutbox" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_RevocationOutbox" PRIMARY KEY AUTOINCREMENT,
    "User" TEXT NOT NULL,
    "Reason" TEXT NOT NULL
);

PRAGMA user_version = 2;
