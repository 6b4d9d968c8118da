ALTER TABLE "users"
  ADD COLUMN "totp_sealed" text,
  ADD COLUMN "totp_confirmed_at" timestamp with time zone,
  ADD COLUMN "totp_last_step" bigint,
  ADD COLUMN "password_changed_at" timestamp with time zone NOT NULL DEFAULT now();
--> statement-breakpoint
UPDATE "users" SET "password_changed_at" = "created_at";
--> statement-breakpoint
CREATE TABLE "recovery_codes" (
  "user_id" uuid NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
  "code_hash" text NOT NULL,
  "used_at" timestamp with time zone,
  PRIMARY KEY ("user_id", "code_hash")
);
--> statement-breakpoint
CREATE TABLE "password_resets" (
  "token_hash" text PRIMARY KEY,
  "user_id" uuid NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
  "expires_at" timestamp with time zone NOT NULL,
  "claimed_until" timestamp with time zone,
  "created_at" timestamp with time zone NOT NULL DEFAULT now()
);
--> statement-breakpoint
CREATE INDEX "password_resets_by_user" ON "password_resets" ("user_id");
--> statement-breakpoint
CREATE TABLE "guest_merges" (
  "guest_session_id" text PRIMARY KEY,
  "user_id" uuid NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
  "created_at" timestamp with time zone NOT NULL DEFAULT now()
);
--> statement-breakpoint
CREATE INDEX "guest_merges_by_user" ON "guest_merges" ("user_id");
--> statement-breakpoint
ALTER TABLE "signing_keys"
  ADD COLUMN "signs_from" timestamp with time zone NOT NULL DEFAULT now(),
  DROP COLUMN "public_jwk";
--> statement-breakpoint
UPDATE "signing_keys" SET "signs_from" = "created_at";
