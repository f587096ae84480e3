CREATE TABLE `api_keys` (
	`id` integer PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`scope` text NOT NULL,
	`hash` text NOT NULL,
	`created_at` text NOT NULL,
	`expires_at` text,
	`revoked_at` text,
	CONSTRAINT "api_key_name" CHECK(length("api_keys"."name") > 0),
	CONSTRAINT "api_key_scope" CHECK("api_keys"."scope" IN ('write', 'admin')),
	CONSTRAINT "api_key_hash" CHECK(length("api_keys"."hash") = 64)
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `api_keys_hash_unique` ON `api_keys` (`hash`);--> statement-breakpoint
CREATE TABLE `idempotent_answers` (
	`api_key` integer NOT NULL,
	`idempotency_key` text NOT NULL,
	`fingerprint` text NOT NULL,
	`answer` text NOT NULL,
	`recorded_at` text NOT NULL,
	PRIMARY KEY(`api_key`, `idempotency_key`),
	FOREIGN KEY (`api_key`) REFERENCES `api_keys`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE INDEX `idempotent_answers_by_time` ON `idempotent_answers` (`recorded_at`);--> statement-breakpoint
ALTER TABLE `versions` ADD `author` text;--> statement-breakpoint
ALTER TABLE `versions` ADD `reason` text;--> statement-breakpoint
CREATE INDEX `border_revisions_by_version` ON `border_revisions` (`version`);--> statement-breakpoint
CREATE INDEX `event_revisions_by_version` ON `event_revisions` (`version`);--> statement-breakpoint
CREATE INDEX `indicator_revisions_by_version` ON `indicator_revisions` (`version`);--> statement-breakpoint
CREATE INDEX `observation_revisions_by_version` ON `observation_revisions` (`version`);--> statement-breakpoint
CREATE INDEX `source_revisions_by_version` ON `source_revisions` (`version`);