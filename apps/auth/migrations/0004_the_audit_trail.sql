CREATE TABLE "audit_outbox" (
  "place" bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  "event_id" uuid NOT NULL,
  "event" jsonb NOT NULL,
  CONSTRAINT "audit_outbox_event_id_unique" UNIQUE ("event_id")
);
--> statement-breakpoint
CREATE TABLE "audit_events" (
  "position" bigint PRIMARY KEY,
  "chain" text NOT NULL,
  "sequence" bigint NOT NULL,
  "event_id" uuid NOT NULL,
  "type" text NOT NULL,
  "outcome" text NOT NULL,
  "occurred_at" timestamp (3) with time zone NOT NULL,
  "recorded_at" timestamp (3) with time zone NOT NULL,
  "user_id" text,
  "actor_id" text,
  "session_id" text,
  "ended_because" text,
  "ip" text,
  "user_agent" text,
  "request_id" text,
  "trace_id" text,
  "detail" jsonb,
  "key_id" text NOT NULL,
  "hash" text NOT NULL,
  CONSTRAINT "audit_events_chain_unique" UNIQUE ("chain", "sequence"),
  CONSTRAINT "audit_events_event_id_unique" UNIQUE ("event_id"),
  CONSTRAINT "audit_events_chain_known" CHECK ("chain" IN ('security', 'activity'))
);
--> statement-breakpoint
CREATE INDEX "audit_events_by_user" ON "audit_events" ("user_id", "position");
--> statement-breakpoint
CREATE INDEX "audit_events_by_actor" ON "audit_events" ("actor_id", "position") WHERE "actor_id" IS NOT NULL;
--> statement-breakpoint
CREATE INDEX "audit_events_by_session" ON "audit_events" ("session_id", "position") WHERE "session_id" IS NOT NULL;
--> statement-breakpoint
CREATE INDEX "audit_events_by_type" ON "audit_events" ("type", "position");
--> statement-breakpoint
CREATE TABLE "audit_checkpoints" (
  "chain" text NOT NULL,
  "sequence" bigint NOT NULL,
  "hash" text NOT NULL,
  "key_id" text NOT NULL,
  "mac" text NOT NULL,
  "made_at" timestamp (3) with time zone NOT NULL,
  PRIMARY KEY ("chain", "sequence")
);
--> statement-breakpoint
CREATE TABLE "audit_duty" (
  "only" boolean PRIMARY KEY DEFAULT true,
  "holder" text,
  "until" timestamp with time zone NOT NULL DEFAULT now(),
  "examined" bigint NOT NULL DEFAULT 0,
  CONSTRAINT "audit_duty_has_one_row" CHECK ("only")
);
--> statement-breakpoint
INSERT INTO "audit_duty" DEFAULT VALUES;
--> statement-breakpoint
CREATE FUNCTION "audit_is_append_only"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND current_setting('holdfast.audit_pruning', true) = 'on' THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'the audit trail is append only: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
--> statement-breakpoint
CREATE TRIGGER "audit_events_append_only" BEFORE UPDATE OR DELETE ON "audit_events"
  FOR EACH ROW EXECUTE FUNCTION "audit_is_append_only"();
--> statement-breakpoint
CREATE TRIGGER "audit_events_never_truncated" BEFORE TRUNCATE ON "audit_events"
  FOR EACH STATEMENT EXECUTE FUNCTION "audit_is_append_only"();
--> statement-breakpoint
CREATE FUNCTION "audit_prune"("of_chain" text, "up_to" bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  "pruned" bigint;
BEGIN
  IF NOT EXISTS (SELECT FROM "audit_checkpoints" WHERE "chain" = "of_chain" AND "sequence" = "up_to") THEN
    RAISE EXCEPTION 'no checkpoint of % at %: nothing is pruned', "of_chain", "up_to";
  END IF;
  PERFORM set_config('holdfast.audit_pruning', 'on', true);
  DELETE FROM "audit_events" WHERE "chain" = "of_chain" AND "sequence" <= "up_to";
  GET DIAGNOSTICS "pruned" = ROW_COUNT;
  PERFORM set_config('holdfast.audit_pruning', 'off', true);
  RETURN "pruned";
END $$;
