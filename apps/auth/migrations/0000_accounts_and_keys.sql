CREATE TABLE "users" (
  "id" uuid PRIMARY KEY,
  "email" text NOT NULL,
  "password_hash" text NOT NULL,
  "roles" text[] NOT NULL,
  "disabled_at" timestamp with time zone,
  "created_at" timestamp with time zone NOT NULL DEFAULT now(),
  "registration_display_name" text,
  "profile_made_at" timestamp with time zone,
  "profile_claimed_until" timestamp with time zone,
  CONSTRAINT "users_email_unique" UNIQUE ("email"),
  CONSTRAINT "users_email_lower_case" CHECK ("email" = lower("email")),
  CONSTRAINT "users_profile_can_be_made" CHECK ("profile_made_at" IS NOT NULL OR "registration_display_name" IS NOT NULL)
);
--> statement-breakpoint
CREATE INDEX "users_without_profile" ON "users" ("profile_claimed_until") WHERE "profile_made_at" IS NULL;
--> statement-breakpoint
CREATE TABLE "signing_keys" (
  "kid" text PRIMARY KEY,
  "sealed_private_jwk" text NOT NULL,
  "public_jwk" jsonb NOT NULL,
  "created_at" timestamp with time zone NOT NULL DEFAULT now(),
  "retired_at" timestamp with time zone
);
