CREATE TABLE "users" (
  "id" uuid PRIMARY KEY,
  "email" text NOT NULL,
  "password_hash" text NOT NULL,
  "roles" text[] NOT NULL,
  "disabled_at" timestamp with time zone,
  "created_at" timestamp with time zone NOT NULL DEFAULT now(),
  "pending_display_name" text,
  "profile_claimed_until" timestamp with time zone NOT NULL DEFAULT '-infinity',
  CONSTRAINT "users_email_unique" UNIQUE ("email"),
  CONSTRAINT "users_email_lower_case" CHECK ("email" = lower("email"))
);
--> statement-breakpoint
CREATE INDEX "users_pending_profile" ON "users" ("profile_claimed_until") WHERE "pending_display_name" IS NOT NULL;
--> statement-breakpoint
CREATE TABLE "signing_keys" (
  "kid" text PRIMARY KEY,
  "sealed_private_jwk" text NOT NULL,
  "public_jwk" jsonb NOT NULL,
  "created_at" timestamp with time zone NOT NULL DEFAULT now(),
  "retired_at" timestamp with time zone
);
