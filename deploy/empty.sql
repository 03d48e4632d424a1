-- Take away all that stands in the schema "public", also what a later release has added. The schema itself stays, with
-- its owner and rights: the site's user need own no more than what it has made. So do extensions, which others install.
-- What is part of another thing (deptype e: of an extension, i: of a table) goes with it or stays with it.
SET client_min_messages = warning;
SET lock_timeout = '10s';
DO $$
DECLARE
    thing record;
    named record;
BEGIN
    FOR thing IN
        SELECT classid, objid FROM pg_depend AS held
        WHERE refclassid = 'pg_namespace'::regclass AND refobjid = 'public'::regnamespace
            AND classid NOT IN ('pg_extension'::regclass, 'pg_default_acl'::regclass)
            AND NOT EXISTS (
                SELECT FROM pg_depend AS part
                WHERE part.classid = held.classid AND part.objid = held.objid AND part.deptype IN ('e', 'i')
            )
    LOOP
        -- What went with another thing has no name any more.
        SELECT type, identity INTO named FROM pg_identify_object(thing.classid, thing.objid, 0);
        IF named.identity IS NOT NULL THEN
            EXECUTE format('DROP %s %s CASCADE', named.type, named.identity);
        END IF;
    END LOOP;
END $$;
