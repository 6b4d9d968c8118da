ALTER TABLE "users" ADD COLUMN "authz_version" bigint NOT NULL DEFAULT 0;
--> statement-breakpoint
CREATE TABLE "revocations" (
  "sequence" bigint PRIMARY KEY,
  "event_id" uuid NOT NULL,
  "kind" text NOT NULL,
  "session_id" text,
  "user_id" uuid,
  "because" text,
  "keep_session_id" text,
  "keep_data" boolean NOT NULL,
  "epoch" bigint,
  "recorded_at" timestamp with time zone NOT NULL,
  CONSTRAINT "revocations_event_id_unique" UNIQUE ("event_id"),
  CONSTRAINT "revocations_are_of_a_kind" CHECK (
    CASE "kind"
      WHEN 'session' THEN "session_id" IS NOT NULL AND "because" IS NOT NULL AND num_nonnulls("user_id", "epoch") = 0
      WHEN 'user' THEN "session_id" IS NULL AND num_nulls("user_id", "epoch", "because") = 0
      WHEN 'roles' THEN "session_id" IS NULL AND num_nulls("user_id", "epoch") = 0
      ELSE false
    END
  )
);
--> statement-breakpoint
CREATE UNIQUE INDEX "revocations_by_session" ON "revocations" ("session_id") WHERE "session_id" IS NOT NULL;
--> statement-breakpoint
CREATE INDEX "revocations_by_user" ON "revocations" ("user_id", "epoch") WHERE "user_id" IS NOT NULL;
