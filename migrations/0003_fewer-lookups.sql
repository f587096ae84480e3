-- What stands of a figure is found in one place, not through an index of its own, so that reading it takes one page
-- where it took two. The list is read in its order from an index that holds all that orders it.
CREATE TABLE `__new_observation_revisions` (
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
	CONSTRAINT "observation_period_basis" CHECK("__new_observation_revisions"."period_basis" IN ('stated', 'inferred')),
	CONSTRAINT "observation_count" CHECK("__new_observation_revisions"."count" BETWEEN 0 AND 1000000000),
	CONSTRAINT "observation_note" CHECK("__new_observation_revisions"."note" IS NULL OR length("__new_observation_revisions"."note") > 0),
	CONSTRAINT "observation_qualifier" CHECK("__new_observation_revisions"."qualifier" IN ('exact', 'at_least', 'more_than', 'at_most', 'about')),
	CONSTRAINT "observation_retraction" CHECK("__new_observation_revisions"."retraction" IS NULL OR length("__new_observation_revisions"."retraction") > 0)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
INSERT INTO `__new_observation_revisions` SELECT * FROM `observation_revisions` ORDER BY `observation`, `version`;
--> statement-breakpoint
DROP TABLE `observation_revisions`;
--> statement-breakpoint
ALTER TABLE `__new_observation_revisions` RENAME TO `observation_revisions`;
--> statement-breakpoint
CREATE INDEX `observation_revisions_by_version` ON `observation_revisions` (`version`,`observation`);
--> statement-breakpoint
CREATE TRIGGER `observation_revisions_are_new` BEFORE INSERT ON `observation_revisions`
WHEN NEW.`version` IS NOT (SELECT max(`version`) FROM `versions`)
BEGIN SELECT RAISE(ABORT, 'a revision belongs to the version being written'); END;
--> statement-breakpoint
CREATE TRIGGER `observation_revisions_refuse_update` BEFORE UPDATE ON `observation_revisions`
BEGIN SELECT RAISE(ABORT, 'what is recorded is never changed'); END;
--> statement-breakpoint
CREATE TRIGGER `observation_revisions_refuse_delete` BEFORE DELETE ON `observation_revisions`
BEGIN SELECT RAISE(ABORT, 'what is recorded is never changed'); END;
--> statement-breakpoint
DROP INDEX `observations_by_period`;
--> statement-breakpoint
CREATE INDEX `observations_by_period` ON `observations` (`period_start`,`period_end`,`border`,`source`,`indicator`);
