"""The one way in which the past may change: personal words of somebody who asked for it are taken out of the records.

The application's role may not touch history and activities. `erase_person` runs with the owner's rights, takes nothing
but the key of an Erasure (who, whose keys, by whom: a row that nobody can change), and writes nothing but a
placeholder or nothing in the place of names, numbers and addresses that these very keys ever bore.
"""

from django.db import migrations

WORDS = """
CREATE FUNCTION erase_words(said text, names text[], addresses text[], instead text) RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE word text;
BEGIN
    FOREACH word IN ARRAY addresses LOOP said := replace(said, word, ''); END LOOP;
    FOREACH word IN ARRAY names LOOP said := replace(said, word, instead); END LOOP;
    RETURN said;
END $$;

CREATE FUNCTION erase_words_json(said jsonb, names text[], addresses text[], instead text) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    CASE jsonb_typeof(said)
    WHEN 'string' THEN RETURN to_jsonb(erase_words(said #>> '{}', names, addresses, instead));
    WHEN 'array' THEN RETURN COALESCE((SELECT jsonb_agg(erase_words_json(part, names, addresses, instead) ORDER BY n)
        FROM jsonb_array_elements(said) WITH ORDINALITY AS parts(part, n)), '[]');
    WHEN 'object' THEN RETURN COALESCE((SELECT jsonb_object_agg(name, erase_words_json(part, names, addresses, instead))
        FROM jsonb_each(said) AS parts(name, part)), '{}');
    ELSE RETURN said;
    END CASE;
END $$;

CREATE FUNCTION says_any(said text, words text[]) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$ SELECT EXISTS (SELECT FROM unnest(words) AS word WHERE position(word IN said) > 0) $$;
"""

GIVEN = "names, addresses, instead"


def texts(table, columns, condition, longest=None):
    """An UPDATE that takes the words out of text columns; `longest` where a placeholder may not make them longer."""
    new = {c: shortened(c, (longest or {}).get(c)) for c in columns}
    return _update(table, new, condition)


def shortened(column, longest):
    """The column without the words; one that was nothing but a word keeps the placeholder, for some must not be empty."""
    said = f"CASE WHEN {column} = '' THEN '' ELSE COALESCE(NULLIF(erase_words({column}, {GIVEN}), ''), instead) END"
    return f"left({said}, {longest})" if longest else said


def json(table, columns, condition):
    return _update(table, {c: f"erase_words_json({c}, {GIVEN})" for c in columns}, condition)


def _update(table, new, condition):
    """Rows that say nothing of the person are left alone, so that no change is recorded where none was made."""
    assignments = ", ".join(f"{c} = {v}" for c, v in new.items())
    differs = " OR ".join(f"{c} IS DISTINCT FROM {v}" for c, v in new.items())
    return f"UPDATE {table} SET {assignments} WHERE ({condition}) AND ({differs});\n"


def with_history(make, table, columns, condition, *more):
    """The same for a table and for its history."""
    return make(table, columns, condition, *more) + make(f"{table}event", columns, condition, *more)


# What a unit's representative was, proposed with name and number; the unit's own registered data are none of it.
PROPOSED = "organization_id = ANY(units) AND field = 'representative'"
OF_UNITS = "kept_id = ANY(units) OR merged_id = ANY(units)"
PAIR = "first_id = ANY(units) OR second_id = ANY(units)"
OWN_REQUEST = "user_id = u OR contact_id = c"
OF_FILES = (
    "uploaded_by_id = u OR (content_type_id = of_unit AND object_id = ANY(units))"
    " OR (content_type_id = of_change AND object_id = ANY(changes))"
)
ROW_TEXT = "concat(title, found_by, summary, differences::text, errors::text, operations::text)"
LENGTHS = {"title": 200, "found_by": 200, "summary": 300, "name": 200, "sentence": 500, "basis": 500, "subject": 230}


def application(table, key):
    def name(column):
        return f"CASE WHEN {column} = ANY(names) THEN instead ELSE {column} END"

    def empty(column):
        return f"CASE WHEN lower({column}) = ANY(addresses) THEN '' ELSE {column} END"

    new = {c: name(c) for c in ("representative_name", "liaison_name")}
    new |= {"representative_title": "CASE WHEN representative_name = ANY(names) THEN '' ELSE representative_title END"}
    new |= {
        c: empty(c)
        for c in ("address", "representative_mobile", "representative_email", "liaison_mobile", "liaison_email")
    }
    new |= {c: shortened(c, 500) for c in ("note", "reason")}
    return _update(table, new, f"{key} = ANY(applications)")


def found_applications(table, key):
    columns = ("address", "representative_mobile", "representative_email", "liaison_mobile", "liaison_email")
    by_address = " OR ".join(f"lower({c}) = ANY(addresses)" for c in columns)
    by_name = "organization_id = ANY(units) AND (representative_name = ANY(names) OR liaison_name = ANY(names))"
    return f"SELECT {key} FROM {table} WHERE {by_address} OR ({by_name})"


ERASE = f"""
CREATE FUNCTION erase_person(erasure bigint) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    noted members_erasure; c bigint; u bigint; instead text;
    names text[]; addresses text[]; units bigint[]; requests bigint[]; changes bigint[]; applications bigint[]; activities bigint[];
    notices bigint[]; of_contact int; of_user int; of_unit int; of_request int; of_change int; report jsonb;
BEGIN
    SELECT * INTO noted FROM members_erasure WHERE id = erasure;
    IF NOT FOUND THEN RAISE EXCEPTION 'there is no erasure %', erasure; END IF;
    -- Without a request only the owner of the tables erases: after a backup was restored.
    IF noted.request_id IS NULL AND NOT pg_has_role(session_user, current_user, 'MEMBER') THEN
        RAISE EXCEPTION 'an erasure needs a request';
    END IF;
    IF noted.request_id IS NOT NULL AND NOT EXISTS (SELECT FROM members_personrequest r WHERE r.id = noted.request_id
        AND r.kind = 'erasure' AND r.user_id IS NOT DISTINCT FROM noted.user_key AND r.verified_by_id <> noted.by_id) THEN
        RAISE EXCEPTION 'the request of erasure % was not verified by another person', erasure;
    END IF;
    c := noted.contact_key; u := noted.user_key; instead := '已删除的个人' || COALESCE(c::text, 'Z' || u);

    SELECT COALESCE(array_agg(DISTINCT name), '{{}}') INTO names FROM (
        SELECT name FROM members_contact WHERE id = c UNION SELECT name FROM members_contactevent WHERE pgh_obj_id = c
        UNION SELECT full_name FROM association_user WHERE id = u UNION SELECT full_name FROM association_userevent WHERE pgh_obj_id = u
    ) said WHERE length(name) > 1 AND name NOT LIKE '已删除的个人%';
    SELECT COALESCE(array_agg(DISTINCT word), '{{}}') INTO addresses FROM (
        SELECT unnest(ARRAY[mobile, email, lower(email), wechat, lower(wechat)]) AS word FROM members_contact WHERE id = c
        UNION SELECT unnest(ARRAY[mobile, email, lower(email), wechat, lower(wechat)]) FROM members_contactevent WHERE pgh_obj_id = c
        UNION SELECT unnest(ARRAY[mobile, email, lower(email)]) FROM association_user WHERE id = u
        UNION SELECT unnest(ARRAY[mobile, email, lower(email)]) FROM association_userevent WHERE pgh_obj_id = u
    ) said WHERE length(word) > 4;
    -- The longer ones first: one may be a part of another.
    names := ARRAY(SELECT word FROM unnest(names) AS word ORDER BY length(word) DESC, word);
    addresses := ARRAY(SELECT word FROM unnest(addresses) AS word ORDER BY length(word) DESC, word);
    units := ARRAY(SELECT organization_id FROM members_contactrole WHERE contact_id = c
        UNION SELECT organization_id FROM members_contactroleevent WHERE contact_id = c
        UNION SELECT organization_id FROM members_invitation WHERE contact_id = c);
    requests := ARRAY(SELECT id FROM members_personrequest WHERE {OWN_REQUEST});
    changes := ARRAY(SELECT id FROM members_profilechange WHERE {PROPOSED});
    SELECT id INTO of_change FROM django_content_type WHERE app_label = 'members' AND model = 'profilechange';
    SELECT id INTO of_contact FROM django_content_type WHERE app_label = 'members' AND model = 'contact';
    SELECT id INTO of_unit FROM django_content_type WHERE app_label = 'members' AND model = 'organization';
    SELECT id INTO of_request FROM django_content_type WHERE app_label = 'members' AND model = 'personrequest';
    SELECT id INTO of_user FROM django_content_type WHERE app_label = 'association' AND model = 'user';

    -- What was done: sentences about the person or their units, but not those about a namesake.
    activities := ARRAY(SELECT a.id FROM association_activity a WHERE a.by_id = u
        UNION SELECT s.activity_id FROM association_activitysubject s WHERE (s.content_type_id = of_contact AND s.object_id = c)
            OR (s.content_type_id = of_user AND s.object_id = u) OR (s.content_type_id = of_request AND s.object_id = ANY(requests))
            OR (s.content_type_id = of_change AND s.object_id = ANY(changes))
        UNION SELECT s.activity_id FROM association_activitysubject s WHERE s.content_type_id = of_unit AND s.object_id = ANY(units)
            AND NOT EXISTS (SELECT FROM association_activitysubject o WHERE o.activity_id = s.activity_id
                AND o.content_type_id = of_contact AND o.object_id IS DISTINCT FROM c));
    report := jsonb_build_object('activities', (SELECT count(*) FROM association_activity a WHERE a.id = ANY(activities)
        AND says_any(concat(a.sentence, a.basis), names || addresses)));
    {texts("association_activity", ["sentence", "basis"], "id = ANY(activities)", LENGTHS)}

    -- What was told: to the person nothing of it stays, to others everything but the person.
    notices := ARRAY(SELECT n.id FROM association_notice n WHERE (n.content_type_id = of_contact AND n.object_id = c)
        OR (n.content_type_id = of_user AND n.object_id = u) OR (n.content_type_id = of_unit AND n.object_id = ANY(units))
        OR (n.content_type_id = of_request AND n.object_id = ANY(requests)));
    {texts("association_notice", ["title", "body"], "id = ANY(notices)", {"title": 200})}
    UPDATE association_notice SET title = '（已删除）', body = '', url = '' WHERE recipient_id = u AND title <> '（已删除）';
    UPDATE association_delivery SET address = '（已删除）', subject = '', text = '', html = '', "values" = '{{}}', last_error = '',
        state = CASE WHEN state IN ('queued', 'held') THEN 'failed' ELSE state END
        WHERE (user_id = u OR lower(address) = ANY(addresses)) AND address <> '（已删除）';
    {texts("association_delivery", ["subject", "text", "html"], "notice_id = ANY(notices)", LENGTHS)}
    {json("association_delivery", ['"values"'], "notice_id = ANY(notices)")}
    DELETE FROM association_addressstate WHERE lower(address) = ANY(addresses);

    -- What was proposed, applied for, imported, merged and attached.
    {with_history(texts, "members_profilechange", ["reason"], PROPOSED, {"reason": 200})}
    {with_history(json, "members_profilechange", ["old", "new"], PROPOSED)}
    applications := ARRAY({found_applications("members_application", "id")} UNION {found_applications("members_applicationevent", "pgh_obj_id")});
    {application("members_application", "id")}
    {application("members_applicationevent", "pgh_obj_id")}
    UPDATE association_importbatch SET effects = jsonb_set(effects, ARRAY['changed', 'members.Contact', c::text],
        erase_words_json(effects #> ARRAY['changed', 'members.Contact', c::text], {GIVEN}))
        WHERE effects #> ARRAY['changed', 'members.Contact', c::text] IS NOT NULL;
    {texts("association_importrow", ["title", "found_by", "summary"], f"target = ANY(units) OR says_any({ROW_TEXT}, addresses)", LENGTHS)}
    {json("association_importrow", ["differences", "errors", "operations"], f"target = ANY(units) OR says_any({ROW_TEXT}, addresses)")}
    {json("members_merge", ["effects", "outcome"], OF_UNITS)}
    {json("members_mergeevent", ["outcome"], OF_UNITS)}
    {with_history(json, "members_duplicatepair", ["reasons"], PAIR)}
    {texts("association_attachment", ["name"], OF_FILES, LENGTHS)}

    -- The person's own records. What stands in them today the application itself has emptied, or does so next.
    UPDATE members_personrequest SET text = '', verified_how = {shortened("verified_how", 200)}, reason = {shortened("reason", 500)}
        WHERE {OWN_REQUEST};
    UPDATE members_personrequestevent SET text = '', verified_how = {shortened("verified_how", 200)}, reason = {shortened("reason", 500)}
        WHERE {OWN_REQUEST};
    UPDATE association_factorreset SET reason = '（已删除）' WHERE user_id = u;
    UPDATE association_factorresetevent SET reason = '（已删除）' WHERE user_id = u;
    UPDATE members_contactrole SET title = '' WHERE contact_id = c;
    UPDATE members_contactroleevent SET title = '' WHERE contact_id = c;
    UPDATE members_contactevent SET name = instead, mobile = '', landline = '', email = '', wechat = '', pinyin_full = '',
        pinyin_initials = '', stroke_key = '' WHERE pgh_obj_id = c
        AND (name, mobile, landline, email, wechat) IS DISTINCT FROM (instead, '', '', '', '');
    UPDATE association_userevent SET full_name = instead, email = NULL, mobile = '', pinyin_full = '', pinyin_initials = ''
        WHERE pgh_obj_id = u AND (full_name, email, mobile) IS DISTINCT FROM (instead, NULL, '');
    report := report || jsonb_build_object('names', cardinality(names), 'units', cardinality(units),
        'notices', (SELECT count(*) FROM association_notice WHERE recipient_id = u),
        'applications', cardinality(applications));
    UPDATE members_erasure SET counts = report WHERE id = erasure AND counts = '{{}}';
    RETURN report;
END $$;

-- Requests that were kept as long as they must be are removed; of those that are gone history keeps no words.
CREATE FUNCTION erase_gone_requests() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE members_personrequestevent e SET text = '', verified_how = '', reason = '（已到期清除）', file = ''
    WHERE (e.text, e.verified_how, e.file) IS DISTINCT FROM ('', '', '')
        AND NOT EXISTS (SELECT FROM members_personrequest r WHERE r.id = e.pgh_obj_id) $$;
"""
FUNCTIONS = (
    "erase_gone_requests()",
    "erase_person(bigint)",
    "says_any(text, text[])",
    "erase_words_json(jsonb, text[], text[], text)",
    "erase_words(text, text[], text[], text)",
)


class Migration(migrations.Migration):
    dependencies = [("members", "0013_person_requests"), ("association", "0007_notices")]
    operations = [
        migrations.RunSQL(
            WORDS + ERASE, "\n".join(f"DROP FUNCTION IF EXISTS {signature};" for signature in FUNCTIONS)
        )
    ]
