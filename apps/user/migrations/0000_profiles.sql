CREATE TABLE "profiles" (
  "id" uuid PRIMARY KEY,
  "email" text NOT NULL,
  "display_name" text NOT NULL,
  "version" bigint NOT NULL DEFAULT 1,
  "created_at" timestamp with time zone NOT NULL DEFAULT now()
);
