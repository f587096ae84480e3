-- Keys have a quota of rows a day, can be rotated, and say when they were last used; what is done to them and with
-- them is logged for good. A key that was made before starts a lineage of its own, without a quota.
CREATE TABLE `api_key_last_uses` (
	`api_key` integer PRIMARY KEY NOT NULL,
	`used_at` text NOT NULL,
	FOREIGN KEY (`api_key`) REFERENCES `api_keys`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE TABLE `api_key_rows` (
	`lineage` integer NOT NULL,
	`day` text NOT NULL,
	`rows` integer NOT NULL,
	PRIMARY KEY(`lineage`, `day`),
	FOREIGN KEY (`lineage`) REFERENCES `api_keys`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "api_key_rows_day" CHECK("api_key_rows"."day" >= '0001-01-01' AND date("api_key_rows"."day") IS "api_key_rows"."day"),
	CONSTRAINT "api_key_rows_rows" CHECK("api_key_rows"."rows" > 0)
) STRICT;
--> statement-breakpoint
CREATE TABLE `audit_log` (
	`id` integer PRIMARY KEY NOT NULL,
	`action` text NOT NULL,
	`api_key` integer,
	`via` text,
	`status` integer,
	`detail` text,
	`count` integer NOT NULL,
	`began_at` text NOT NULL,
	`recorded_at` text NOT NULL,
	FOREIGN KEY (`api_key`) REFERENCES `api_keys`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "audit_action" CHECK("audit_log"."action" IN ('created', 'rotated', 'revoked', 'quota_changed', 'refused')),
	CONSTRAINT "audit_key" CHECK("audit_log"."api_key" IS NOT NULL OR "audit_log"."action" = 'refused'),
	CONSTRAINT "audit_via" CHECK("audit_log"."via" IS NULL OR length("audit_log"."via") > 0),
	CONSTRAINT "audit_status" CHECK(("audit_log"."status" IS NOT NULL) = ("audit_log"."action" = 'refused')),
	CONSTRAINT "audit_detail" CHECK("audit_log"."detail" IS NULL OR length("audit_log"."detail") > 0),
	CONSTRAINT "audit_count" CHECK("audit_log"."count" > 0)
) STRICT;
--> statement-breakpoint
CREATE INDEX `audit_log_by_key` ON `audit_log` (`api_key`,`id`);
--> statement-breakpoint
CREATE TABLE `__new_api_keys` (
	`id` integer PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`scope` text NOT NULL,
	`hash` text NOT NULL,
	`created_at` text NOT NULL,
	`expires_at` text,
	`revoked_at` text,
	`rows_a_day` integer,
	`replaces` integer,
	`lineage` integer NOT NULL,
	FOREIGN KEY (`replaces`) REFERENCES `api_keys`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`lineage`) REFERENCES `api_keys`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "api_key_name" CHECK(length("__new_api_keys"."name") > 0),
	CONSTRAINT "api_key_scope" CHECK("__new_api_keys"."scope" IN ('write', 'admin')),
	CONSTRAINT "api_key_hash" CHECK(length("__new_api_keys"."hash") = 64),
	CONSTRAINT "api_key_rows_a_day" CHECK("__new_api_keys"."rows_a_day" IS NULL OR "__new_api_keys"."rows_a_day" > 0),
	CONSTRAINT "api_key_lineage" CHECK(("__new_api_keys"."replaces" IS NULL) = ("__new_api_keys"."lineage" = "__new_api_keys"."id"))
) STRICT;
--> statement-breakpoint
INSERT INTO `__new_api_keys`(`id`, `name`, `scope`, `hash`, `created_at`, `expires_at`, `revoked_at`, `lineage`)
  SELECT `id`, `name`, `scope`, `hash`, `created_at`, `expires_at`, `revoked_at`, `id` FROM `api_keys`;
--> statement-breakpoint
DROP TABLE `api_keys`;
--> statement-breakpoint
ALTER TABLE `__new_api_keys` RENAME TO `api_keys`;
--> statement-breakpoint
CREATE UNIQUE INDEX `api_keys_hash_unique` ON `api_keys` (`hash`);
--> statement-breakpoint
CREATE UNIQUE INDEX `api_key_replaces` ON `api_keys` (`replaces`);
--> statement-breakpoint
CREATE TRIGGER `api_keys_share_a_lineage` BEFORE INSERT ON `api_keys`
WHEN NEW.`replaces` IS NOT NULL
  AND NEW.`lineage` IS NOT (SELECT k.`lineage` FROM `api_keys` k WHERE k.`id` = NEW.`replaces`)
BEGIN SELECT RAISE(ABORT, 'a key belongs to the lineage of the key that it replaces'); END;
--> statement-breakpoint
-- Of a key only its end and its quota change: it may end earlier, and is revoked once.
CREATE TRIGGER `api_keys_refuse_update` BEFORE UPDATE ON `api_keys`
WHEN NEW.`id` IS NOT OLD.`id`
  OR NEW.`name` IS NOT OLD.`name`
  OR NEW.`scope` IS NOT OLD.`scope`
  OR NEW.`hash` IS NOT OLD.`hash`
  OR NEW.`created_at` IS NOT OLD.`created_at`
  OR NEW.`replaces` IS NOT OLD.`replaces`
  OR NEW.`lineage` IS NOT OLD.`lineage`
  OR (OLD.`revoked_at` IS NOT NULL AND NEW.`revoked_at` IS NOT OLD.`revoked_at`)
  OR (OLD.`expires_at` IS NOT NULL AND (NEW.`expires_at` IS NULL OR NEW.`expires_at` > OLD.`expires_at`))
BEGIN SELECT RAISE(ABORT, 'what is recorded is never changed'); END;
--> statement-breakpoint
CREATE TRIGGER `api_keys_refuse_delete` BEFORE DELETE ON `api_keys`
BEGIN SELECT RAISE(ABORT, 'what is recorded is never changed'); END;
--> statement-breakpoint
CREATE TRIGGER `api_key_rows_only_grow` BEFORE UPDATE ON `api_key_rows`
WHEN NEW.`lineage` IS NOT OLD.`lineage` OR NEW.`day` IS NOT OLD.`day` OR NEW.`rows` < OLD.`rows`
BEGIN SELECT RAISE(ABORT, 'what is recorded is never changed'); END;
--> statement-breakpoint
CREATE TRIGGER `api_key_rows_refuse_delete` BEFORE DELETE ON `api_key_rows`
BEGIN SELECT RAISE(ABORT, 'what is recorded is never changed'); END;
--> statement-breakpoint
CREATE TRIGGER `audit_log_refuse_update` BEFORE UPDATE ON `audit_log`
BEGIN SELECT RAISE(ABORT, 'what is recorded is never changed'); END;
--> statement-breakpoint
CREATE TRIGGER `audit_log_refuse_delete` BEFORE DELETE ON `audit_log`
BEGIN SELECT RAISE(ABORT, 'what is recorded is never changed'); END;
