CREATE TABLE "journal_terms" (
  "only" boolean PRIMARY KEY DEFAULT true,
  "term" bigint NOT NULL,
  CONSTRAINT "journal_terms_has_one_row" CHECK ("only")
);
--> statement-breakpoint
INSERT INTO "journal_terms" ("term") VALUES (0);
