"""Pieces of the statements that write samples: CTEs that follow one another, in the order they stand here."""

SEVERAL = "kind IN (1, 3)"
"""Metrics of which a source may say several things at one instant."""
OWN = "CASE WHEN several THEN duration_s END AS own_length, CASE WHEN several THEN value END AS own_value"
"""What is in the key of such a sample besides its instant."""


BESIDE = """(
        SELECT wanted.*, old.*
        FROM wanted CROSS JOIN LATERAL (
            SELECT max(n) AS top, bool_or(duration_s = wanted.duration_s AND value = wanted.value) AS known,
                   max(duration_s) AS old_duration_s, max(offset_min) AS old_offset_min,
                   max(import_id) AS old_import_id, max(value) AS old_value
            FROM sample WHERE series_id = wanted.series_id AND at = wanted.at
        ) AS old
    )"""
"""Each row beside what is stored at its instant; the old values mean something only where there is at most one."""

NUMBERED = """(
        SELECT series_id, at, duration_s, value, offset_min, old_duration_s, old_offset_min, old_import_id, old_value,
               top IS NOT NULL AND NOT several AS changes,
               CASE WHEN several THEN coalesce(top + 1, 0)
                    + row_number() OVER (PARTITION BY series_id, at ORDER BY own_length, own_value) - 1
               ELSE 0 END AS n
        FROM beside WHERE known IS NOT TRUE
    )"""
"""What of ``beside`` has to be written, with its number among what its series says of the instant."""

WRITE = """
    of_touched AS MATERIALIZED (
        SELECT series_id, count(*) FILTER (WHERE NOT changes) AS inserted, count(*) FILTER (WHERE changes) AS updated,
               max(duration_s) AS duration_s
        FROM touched GROUP BY series_id
    ), inserted AS (
        INSERT INTO sample (series_id, at, n, duration_s, offset_min, import_id, value)
        SELECT series_id, at, n, duration_s, offset_min, $2::integer, value FROM touched WHERE NOT changes
    ), changed AS (
        INSERT INTO sample (series_id, at, n, duration_s, offset_min, import_id, value)
        SELECT series_id, at, n, duration_s, offset_min, $2::integer, value
        FROM touched WHERE changes AND EXISTS (SELECT FROM of_touched WHERE updated > 0)
        ON CONFLICT (series_id, at, n) DO UPDATE
        SET duration_s = excluded.duration_s, offset_min = excluded.offset_min, import_id = excluded.import_id,
            value = excluded.value
    ), lengths AS (
        UPDATE series SET longest_s = longer.duration_s
        FROM of_touched AS longer
        WHERE series.user_id = $1 AND series.series_id = longer.series_id AND series.longest_s < longer.duration_s
    )"""
"""Store ``touched``. EXISTS, here and elsewhere: where nothing changes, the rows are not even looked through."""

ZONES = """
    zone AS MATERIALIZED (
        SELECT zone, since, until
        FROM (
            SELECT zone, since, lead(since, 1, 'infinity') OVER (ORDER BY since, told) AS until
            FROM (
                SELECT zone, since, true AS told FROM known_zone WHERE user_id = $1
                UNION ALL SELECT 'UTC', '-infinity', false
            ) AS known
        ) AS known
        WHERE since < until
    )"""
"""From when until when the user ``$1`` had a zone; UTC before the first that is known."""

PERIODS = f"""
    {ZONES.strip()}, period AS MATERIALIZED (
        SELECT series_id, make_interval(secs => CASE kind WHEN 1 THEN reach_s ELSE 0 END) AS before,
               {SEVERAL} AS lasts, CASE kind WHEN 3 THEN 86400 ELSE 0 END AS after_s,
               zone, since, until - interval '1 us' AS till
        FROM (
            SELECT series_id, metric_id, max(longest_s) OVER (PARTITION BY metric_id) AS reach_s
            FROM series WHERE user_id = $1
        ) AS reach JOIN metric USING (metric_id) CROSS JOIN zone
    )"""  # noqa: S608 - made of constants
"""Each series of the user ``$1`` in each zone, until the instant ``till``, and what else its samples bear on.

An additive sample bears on the days of all that may overlap it, a sleep sample on the night after.
"""

PIECES = """
    piece AS (
        SELECT touched.series_id, zone, since, till, at - before AS first,
               at + make_interval(secs => CASE WHEN lasts THEN duration_s + after_s ELSE 0 END) AS last
        FROM touched JOIN period USING (series_id)
    )"""
"""The first and the last instant that each of ``touched`` (series_id, at, duration_s) bears on."""


def dirty(bulk: str = "false") -> str:
    """Queue the days of each ``piece`` (series_id, zone, since, till, first, last), each zone's as far as it was there.

    ``bulk``, in SQL, lets days go first that others wait for.
    """
    return f"""
    span AS (
        SELECT DISTINCT series_id, (first AT TIME ZONE zone)::date AS first,
               CASE WHEN last > first THEN (last AT TIME ZONE zone)::date END AS last
        FROM (
            SELECT series_id, zone, greatest(first, since) AS first, least(last, till) AS last
            FROM piece WHERE first <= till AND last >= since OFFSET 0
        ) AS stay
    ), dirty AS (
        INSERT INTO dirty_day (series_id, on_date, bulk)
        SELECT DISTINCT series_id, first + number, {bulk}
        FROM span CROSS JOIN LATERAL generate_series(0, coalesce(last, first) - first) AS number
    )"""  # noqa: S608 - its caller's constant
