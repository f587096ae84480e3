-- A version may be dated anew as long as it is the newest, to a later time: a write that takes long is dated when
-- it is done, so that no time before that is answered with it. Everything else of it stays as it is.
DROP TRIGGER `versions_refuse_update`;
--> statement-breakpoint
CREATE TRIGGER `versions_refuse_update` BEFORE UPDATE ON `versions`
WHEN NEW.`version` IS NOT OLD.`version`
  OR NEW.`author` IS NOT OLD.`author`
  OR NEW.`reason` IS NOT OLD.`reason`
  OR NEW.`recorded_at` < OLD.`recorded_at`
  OR strftime('%Y-%m-%dT%H:%M:%fZ', NEW.`recorded_at`) IS NOT NEW.`recorded_at`
  OR OLD.`version` <> (SELECT max(`version`) FROM `versions`)
BEGIN SELECT RAISE(ABORT, 'what is recorded is never changed'); END;
