-- Version 3: failed attempts, counted apart for each place where an account's owner has signed in lately.

CREATE TABLE "LoginPools" (
    "UserId" text NOT NULL,
    "Address" text NOT NULL,
    "Failures" integer NOT NULL,
    "LockedUntil" bigint,
    "SignedInAt" bigint,
    CONSTRAINT "PK_LoginPools" PRIMARY KEY ("UserId", "Address")
);

UPDATE "SchemaVersion" SET "Version" = 3;
