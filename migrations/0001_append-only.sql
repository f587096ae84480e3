-- The history only grows: a version is one more than the last, is recorded no earlier than it, and every
-- revision belongs to the version being written. Nothing recorded is ever changed or deleted.
CREATE TRIGGER `versions_in_order` BEFORE INSERT ON `versions`
WHEN NEW.`version` <> (SELECT coalesce(max(`version`), 0) + 1 FROM `versions`)
  OR NEW.`recorded_at` < (SELECT max(`recorded_at`) FROM `versions`)
  OR strftime('%Y-%m-%dT%H:%M:%fZ', NEW.`recorded_at`) IS NOT NEW.`recorded_at`
BEGIN SELECT RAISE(ABORT, 'a version must follow the last one in number and in time'); END;
--> statement-breakpoint
CREATE TRIGGER `indicator_revisions_are_new` BEFORE INSERT ON `indicator_revisions`
WHEN NEW.`version` IS NOT (SELECT max(`version`) FROM `versions`)
BEGIN SELECT RAISE(ABORT, 'a revision belongs to the version being written'); END;
--> statement-breakpoint
CREATE TRIGGER `border_revisions_are_new` BEFORE INSERT ON `border_revisions`
WHEN NEW.`version` IS NOT (SELECT max(`version`) FROM `versions`)
BEGIN SELECT RAISE(ABORT, 'a revision belongs to the version being written'); END;
--> statement-breakpoint
CREATE TRIGGER `source_revisions_are_new` BEFORE INSERT ON `source_revisions`
WHEN NEW.`version` IS NOT (SELECT max(`version`) FROM `versions`)
BEGIN SELECT RAISE(ABORT, 'a revision belongs to the version being written'); END;
--> statement-breakpoint
CREATE TRIGGER `observation_revisions_are_new` BEFORE INSERT ON `observation_revisions`
WHEN NEW.`version` IS NOT (SELECT max(`version`) FROM `versions`)
BEGIN SELECT RAISE(ABORT, 'a revision belongs to the version being written'); END;
--> statement-breakpoint
CREATE TRIGGER `event_revisions_are_new` BEFORE INSERT ON `event_revisions`
WHEN NEW.`version` IS NOT (SELECT max(`version`) FROM `versions`)
BEGIN SELECT RAISE(ABORT, 'a revision belongs to the version being written'); END;
--> statement-breakpoint
CREATE TRIGGER `indicator_definitions_are_new` BEFORE INSERT ON `indicator_definitions`
WHEN NEW.`version` IS NOT (SELECT max(`version`) FROM `versions`)
BEGIN SELECT RAISE(ABORT, 'a revision belongs to the version being written'); END;
--> statement-breakpoint
CREATE TRIGGER `border_members_are_new` BEFORE INSERT ON `border_members`
WHEN NEW.`version` IS NOT (SELECT max(`version`) FROM `versions`)
BEGIN SELECT RAISE(ABORT, 'a revision belongs to the version being written'); END;
--> statement-breakpoint
CREATE TRIGGER `groups_have_plain_members` BEFORE INSERT ON `border_members`
WHEN EXISTS (
    SELECT 1 FROM `border_members` m WHERE m.`border` = NEW.`member`
    AND m.`version` = (SELECT max(r.`version`) FROM `border_revisions` r WHERE r.`border` = m.`border`)
  ) OR EXISTS (
    SELECT 1 FROM `border_members` m WHERE m.`member` = NEW.`border`
    AND m.`version` = (SELECT max(r.`version`) FROM `border_revisions` r WHERE r.`border` = m.`border`)
  )
BEGIN SELECT RAISE(ABORT, 'a member of a group cannot be a group'); END;
--> statement-breakpoint
CREATE TRIGGER `versions_refuse_update` BEFORE UPDATE ON `versions`
BEGIN SELECT RAISE(ABORT, 'what is recorded is never changed'); END;
--> statement-breakpoint
CREATE TRIGGER `versions_refuse_delete` BEFORE DELETE ON `versions`
BEGIN SELECT RAISE(ABORT, 'what is recorded is never changed'); END;
--> statement-breakpoint
CREATE TRIGGER `indicators_refuse_update` BEFORE UPDATE ON `indicators`
BEGIN SELECT RAISE(ABORT, 'what is recorded is never changed'); END;
--> statement-breakpoint
CREATE TRIGGER `indicators_refuse_delete` BEFORE DELETE ON `indicators`
BEGIN SELECT RAISE(ABORT, 'what is recorded is never changed'); END;
--> statement-breakpoint
CREATE TRIGGER `indicator_revisions_refuse_update` BEFORE UPDATE ON `indicator_revisions`
BEGIN SELECT RAISE(ABORT, 'what is recorded is never changed'); END;
--> statement-breakpoint
CREATE TRIGGER `indicator_revisions_refuse_delete` BEFORE DELETE ON `indicator_revisions`
BEGIN SELECT RAISE(ABORT, 'what is recorded is never changed'); END;
--> statement-breakpoint
CREATE TRIGGER `indicator_definitions_refuse_update` BEFORE UPDATE ON `indicator_definitions`
BEGIN SELECT RAISE(ABORT, 'what is recorded is never changed'); END;
--> statement-breakpoint
CREATE TRIGGER `indicator_definitions_refuse_delete` BEFORE DELETE ON `indicator_definitions`
BEGIN SELECT RAISE(ABORT, 'what is recorded is never changed'); END;
--> statement-breakpoint
CREATE TRIGGER `borders_refuse_update` BEFORE UPDATE ON `borders`
BEGIN SELECT RAISE(ABORT, 'what is recorded is never changed'); END;
--> statement-breakpoint
CREATE TRIGGER `borders_refuse_delete` BEFORE DELETE ON `borders`
BEGIN SELECT RAISE(ABORT, 'what is recorded is never changed'); END;
--> statement-breakpoint
CREATE TRIGGER `border_revisions_refuse_update` BEFORE UPDATE ON `border_revisions`
BEGIN SELECT RAISE(ABORT, 'what is recorded is never changed'); END;
--> statement-breakpoint
CREATE TRIGGER `border_revisions_refuse_delete` BEFORE DELETE ON `border_revisions`
BEGIN SELECT RAISE(ABORT, 'what is recorded is never changed'); END;
--> statement-breakpoint
CREATE TRIGGER `border_members_refuse_update` BEFORE UPDATE ON `border_members`
BEGIN SELECT RAISE(ABORT, 'what is recorded is never changed'); END;
--> statement-breakpoint
CREATE TRIGGER `border_members_refuse_delete` BEFORE DELETE ON `border_members`
BEGIN SELECT RAISE(ABORT, 'what is recorded is never changed'); END;
--> statement-breakpoint
CREATE TRIGGER `sources_refuse_update` BEFORE UPDATE ON `sources`
BEGIN SELECT RAISE(ABORT, 'what is recorded is never changed'); END;
--> statement-breakpoint
CREATE TRIGGER `sources_refuse_delete` BEFORE DELETE ON `sources`
BEGIN SELECT RAISE(ABORT, 'what is recorded is never changed'); END;
--> statement-breakpoint
CREATE TRIGGER `source_revisions_refuse_update` BEFORE UPDATE ON `source_revisions`
BEGIN SELECT RAISE(ABORT, 'what is recorded is never changed'); END;
--> statement-breakpoint
CREATE TRIGGER `source_revisions_refuse_delete` BEFORE DELETE ON `source_revisions`
BEGIN SELECT RAISE(ABORT, 'what is recorded is never changed'); END;
--> statement-breakpoint
CREATE TRIGGER `observations_refuse_update` BEFORE UPDATE ON `observations`
BEGIN SELECT RAISE(ABORT, 'what is recorded is never changed'); END;
--> statement-breakpoint
CREATE TRIGGER `observations_refuse_delete` BEFORE DELETE ON `observations`
BEGIN SELECT RAISE(ABORT, 'what is recorded is never changed'); END;
--> statement-breakpoint
CREATE TRIGGER `observation_revisions_refuse_update` BEFORE UPDATE ON `observation_revisions`
BEGIN SELECT RAISE(ABORT, 'what is recorded is never changed'); END;
--> statement-breakpoint
CREATE TRIGGER `observation_revisions_refuse_delete` BEFORE DELETE ON `observation_revisions`
BEGIN SELECT RAISE(ABORT, 'what is recorded is never changed'); END;
--> statement-breakpoint
CREATE TRIGGER `events_refuse_update` BEFORE UPDATE ON `events`
BEGIN SELECT RAISE(ABORT, 'what is recorded is never changed'); END;
--> statement-breakpoint
CREATE TRIGGER `events_refuse_delete` BEFORE DELETE ON `events`
BEGIN SELECT RAISE(ABORT, 'what is recorded is never changed'); END;
--> statement-breakpoint
CREATE TRIGGER `event_revisions_refuse_update` BEFORE UPDATE ON `event_revisions`
BEGIN SELECT RAISE(ABORT, 'what is recorded is never changed'); END;
--> statement-breakpoint
CREATE TRIGGER `event_revisions_refuse_delete` BEFORE DELETE ON `event_revisions`
BEGIN SELECT RAISE(ABORT, 'what is recorded is never changed'); END;
