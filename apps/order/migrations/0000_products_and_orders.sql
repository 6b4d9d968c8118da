CREATE TABLE "products" (
  "id" text PRIMARY KEY,
  "name" text NOT NULL,
  "price_minor" integer NOT NULL,
  "currency" text NOT NULL,
  CONSTRAINT "products_price_minor_not_negative" CHECK ("price_minor" >= 0),
  CONSTRAINT "products_currency_iso_4217" CHECK ("currency" ~ '^[A-Z]{3}$')
);
--> statement-breakpoint
INSERT INTO "products" ("id", "name", "price_minor", "currency") VALUES
  ('espresso-cup', 'Espresso cup', 1450, 'EUR'),
  ('moka-pot', 'Moka pot, six cups', 3890, 'EUR'),
  ('hand-grinder', 'Hand grinder', 8900, 'EUR'),
  ('milk-jug', 'Milk jug, 350 ml', 1990, 'EUR'),
  ('filter-papers', 'Filter papers, 100 pieces', 475, 'EUR'),
  ('gooseneck-kettle', 'Gooseneck kettle', 6490, 'EUR'),
  ('pocket-scale', 'Pocket scale, 0.1 g', 2795, 'EUR'),
  ('house-blend', 'House blend, 250 g', 920, 'EUR');
--> statement-breakpoint
CREATE TABLE "orders" (
  "id" uuid PRIMARY KEY,
  "user_id" uuid NOT NULL,
  "session_id" text NOT NULL,
  "cart_version" integer NOT NULL,
  "items" jsonb NOT NULL,
  "total_minor" bigint NOT NULL,
  "currency" text NOT NULL,
  "created_at" timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  "settled_at" timestamp with time zone
);
--> statement-breakpoint
CREATE INDEX "orders_of_a_user" ON "orders" ("user_id", "created_at" DESC, "id" DESC);
--> statement-breakpoint
CREATE INDEX "orders_unsettled" ON "orders" ("session_id") WHERE "settled_at" IS NULL;
--> statement-breakpoint
CREATE TABLE "idempotency_keys" (
  "user_id" uuid NOT NULL,
  "key" text NOT NULL,
  "body_hash" text NOT NULL,
  "order_id" uuid NOT NULL REFERENCES "orders" ("id"),
  "response" json NOT NULL,
  "created_at" timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY ("user_id", "key")
);
--> statement-breakpoint
CREATE INDEX "idempotency_keys_by_age" ON "idempotency_keys" ("created_at");
