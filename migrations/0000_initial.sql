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
CREATE TABLE `border_members` (
	`border` text NOT NULL,
	`version` integer NOT NULL,
	`member` text NOT NULL,
	PRIMARY KEY(`border`, `version`, `member`),
	FOREIGN KEY (`member`) REFERENCES `borders`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`border`,`version`) REFERENCES `border_revisions`(`border`,`version`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "member_is_another" CHECK("border_members"."border" <> "border_members"."member")
) STRICT;
--> statement-breakpoint
CREATE INDEX `border_members_by_member` ON `border_members` (`member`);--> statement-breakpoint
CREATE TABLE `border_revisions` (
	`border` text NOT NULL,
	`version` integer NOT NULL,
	`position` integer NOT NULL,
	`label` text NOT NULL,
	PRIMARY KEY(`border`, `version`),
	FOREIGN KEY (`border`) REFERENCES `borders`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`version`) REFERENCES `versions`(`version`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "border_position" CHECK("border_revisions"."position" > 0),
	CONSTRAINT "border_label" CHECK(length("border_revisions"."label") > 0)
) STRICT;
--> statement-breakpoint
CREATE INDEX `border_revisions_by_version` ON `border_revisions` (`version`,`border`);--> statement-breakpoint
CREATE TABLE `borders` (
	`id` text PRIMARY KEY NOT NULL,
	`country` text NOT NULL,
	`neighbour` text NOT NULL,
	CONSTRAINT "border_id" CHECK("borders"."id" = "borders"."country" || '-' || "borders"."neighbour"),
	CONSTRAINT "border_country" CHECK("borders"."country" GLOB '[A-Z][A-Z]'),
	CONSTRAINT "border_neighbour" CHECK("borders"."neighbour" GLOB '[A-Z][A-Z]')
) STRICT;
--> statement-breakpoint
CREATE TABLE `event_revisions` (
	`event` text NOT NULL,
	`version` integer NOT NULL,
	`period_start` text NOT NULL,
	`period_end` text NOT NULL,
	`precision` text NOT NULL,
	`title` text NOT NULL,
	`source` text NOT NULL,
	`retraction` text,
	PRIMARY KEY(`event`, `version`),
	FOREIGN KEY (`event`) REFERENCES `events`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`version`) REFERENCES `versions`(`version`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`source`) REFERENCES `sources`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "event_period_start" CHECK("event_revisions"."period_start" >= '0001-01-01' AND date("event_revisions"."period_start") IS "event_revisions"."period_start"),
	CONSTRAINT "event_period_end" CHECK("event_revisions"."period_end" >= '0001-01-01' AND date("event_revisions"."period_end") IS "event_revisions"."period_end"),
	CONSTRAINT "event_period" CHECK("event_revisions"."period_start" <= "event_revisions"."period_end"),
	CONSTRAINT "event_precision" CHECK("event_revisions"."precision" IN ('day', 'month', 'season', 'year')),
	CONSTRAINT "event_title" CHECK(length("event_revisions"."title") > 0),
	CONSTRAINT "event_retraction" CHECK("event_revisions"."retraction" IS NULL OR length("event_revisions"."retraction") > 0)
) STRICT;
--> statement-breakpoint
CREATE INDEX `event_revisions_by_version` ON `event_revisions` (`version`,`event`);--> statement-breakpoint
CREATE TABLE `events` (
	`id` text PRIMARY KEY NOT NULL,
	CONSTRAINT "event_id" CHECK(length("events"."id") > 0)
) STRICT;
--> statement-breakpoint
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
CREATE TABLE `indicator_definitions` (
	`indicator` text NOT NULL,
	`version` integer NOT NULL,
	`country` text NOT NULL,
	`definition` text NOT NULL,
	PRIMARY KEY(`indicator`, `version`, `country`),
	FOREIGN KEY (`indicator`,`version`) REFERENCES `indicator_revisions`(`indicator`,`version`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "definition_country" CHECK("indicator_definitions"."country" GLOB '[A-Z][A-Z]'),
	CONSTRAINT "definition_definition" CHECK(length("indicator_definitions"."definition") > 0)
) STRICT;
--> statement-breakpoint
CREATE TABLE `indicator_revisions` (
	`indicator` text NOT NULL,
	`version` integer NOT NULL,
	`position` integer NOT NULL,
	`label` text NOT NULL,
	`definition` text NOT NULL,
	PRIMARY KEY(`indicator`, `version`),
	FOREIGN KEY (`indicator`) REFERENCES `indicators`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`version`) REFERENCES `versions`(`version`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "indicator_position" CHECK("indicator_revisions"."position" > 0),
	CONSTRAINT "indicator_label" CHECK(length("indicator_revisions"."label") > 0),
	CONSTRAINT "indicator_definition" CHECK(length("indicator_revisions"."definition") > 0)
) STRICT;
--> statement-breakpoint
CREATE INDEX `indicator_revisions_by_version` ON `indicator_revisions` (`version`,`indicator`);--> statement-breakpoint
CREATE TABLE `indicators` (
	`id` text PRIMARY KEY NOT NULL,
	CONSTRAINT "indicator_id" CHECK(length("indicators"."id") > 0)
) STRICT;
--> statement-breakpoint
CREATE TABLE `observation_revisions` (
	`observation` integer NOT NULL,
	`version` integer NOT NULL,
	`period_basis` text NOT NULL,
	`count` integer NOT NULL,
	`qualifier` text NOT NULL,
	`note` text,
	`retraction` text,
	PRIMARY KEY(`observation`, `version`),
	FOREIGN KEY (`version`) REFERENCES `versions`(`version`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`observation`) REFERENCES `observations`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "observation_period_basis" CHECK("observation_revisions"."period_basis" IN ('stated', 'inferred')),
	CONSTRAINT "observation_count" CHECK("observation_revisions"."count" BETWEEN 0 AND 1000000000),
	CONSTRAINT "observation_note" CHECK("observation_revisions"."note" IS NULL OR length("observation_revisions"."note") > 0),
	CONSTRAINT "observation_qualifier" CHECK("observation_revisions"."qualifier" IN ('exact', 'at_least', 'more_than', 'at_most', 'about')),
	CONSTRAINT "observation_retraction" CHECK("observation_revisions"."retraction" IS NULL OR length("observation_revisions"."retraction") > 0)
) STRICT;
--> statement-breakpoint
CREATE INDEX `observation_revisions_by_version` ON `observation_revisions` (`version`,`observation`);--> statement-breakpoint
CREATE TABLE `observations` (
	`id` integer PRIMARY KEY NOT NULL,
	`source` text NOT NULL,
	`border` text NOT NULL,
	`indicator` text NOT NULL,
	`period_start` text NOT NULL,
	`period_end` text NOT NULL,
	FOREIGN KEY (`source`) REFERENCES `sources`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`border`) REFERENCES `borders`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`indicator`) REFERENCES `indicators`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "observation_id" CHECK("observations"."id" > 0),
	CONSTRAINT "observation_period_start" CHECK("observations"."period_start" >= '0001-01-01' AND date("observations"."period_start") IS "observations"."period_start"),
	CONSTRAINT "observation_period_end" CHECK("observations"."period_end" >= '0001-01-01' AND date("observations"."period_end") IS "observations"."period_end"),
	CONSTRAINT "observation_period" CHECK("observations"."period_start" <= "observations"."period_end")
) STRICT;
--> statement-breakpoint
CREATE INDEX `observations_by_series` ON `observations` (`indicator`,`border`);--> statement-breakpoint
CREATE INDEX `observations_by_border` ON `observations` (`border`);--> statement-breakpoint
CREATE INDEX `observations_by_period` ON `observations` (`period_start`,`period_end`);--> statement-breakpoint
CREATE UNIQUE INDEX `observation_natural_key` ON `observations` (`source`,`border`,`indicator`,`period_start`,`period_end`);--> statement-breakpoint
CREATE TABLE `source_revisions` (
	`source` text NOT NULL,
	`version` integer NOT NULL,
	`publisher` text NOT NULL,
	`origin` text NOT NULL,
	`kind` text NOT NULL,
	`title` text,
	`published_on` text,
	`url` text,
	`retraction` text,
	PRIMARY KEY(`source`, `version`),
	FOREIGN KEY (`source`) REFERENCES `sources`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`version`) REFERENCES `versions`(`version`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "source_publisher" CHECK(length("source_revisions"."publisher") > 0),
	CONSTRAINT "source_origin" CHECK(length("source_revisions"."origin") > 0 AND instr("source_revisions"."origin", ',') = 0),
	CONSTRAINT "source_title" CHECK("source_revisions"."title" IS NULL OR length("source_revisions"."title") > 0),
	CONSTRAINT "source_kind" CHECK("source_revisions"."kind" IN ('official', 'analysis', 'claim')),
	CONSTRAINT "source_published_on" CHECK("source_revisions"."published_on" IS NULL OR "source_revisions"."published_on" >= '0001-01-01' AND date("source_revisions"."published_on") IS "source_revisions"."published_on"),
	CONSTRAINT "source_url" CHECK("source_revisions"."url" IS NULL OR "source_revisions"."url" LIKE 'http://_%' OR "source_revisions"."url" LIKE 'https://_%'),
	CONSTRAINT "source_retraction" CHECK("source_revisions"."retraction" IS NULL OR length("source_revisions"."retraction") > 0)
) STRICT;
--> statement-breakpoint
CREATE INDEX `source_revisions_by_version` ON `source_revisions` (`version`,`source`);--> statement-breakpoint
CREATE TABLE `sources` (
	`id` text PRIMARY KEY NOT NULL,
	CONSTRAINT "source_id" CHECK(length("sources"."id") > 0)
) STRICT;
--> statement-breakpoint
CREATE TABLE `versions` (
	`version` integer PRIMARY KEY NOT NULL,
	`recorded_at` text NOT NULL,
	`author` text,
	`reason` text
) STRICT;
--> statement-breakpoint
CREATE INDEX `versions_by_time` ON `versions` (`recorded_at`,`version`);