-- Version 3: failed attempts, counted apart for each place where an account's owner has signed in lately.

CREATE TABLE "LoginPools" (
    "UserId" TEXT NOT NULL,
    "Address" TEXT NOT NULL,
    "Failures" INTEGER NOT NULL,
    "LockedUntil" INTEGER NULL,
    "SignedInAt" INTEGER NULL,
    CONSTRAINT "PK_LoginPools" PRIMARY KEY ("UserId", "Address")
);

PRAGMA user_version = 3;
