-- Lists go from the newest on, page by page.
CREATE INDEX "profiles_by_age" ON "profiles" ("created_at" DESC, "id" DESC);
