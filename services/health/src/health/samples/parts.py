"""Pieces of the statements that write samples: CTEs that follow one another, in the order they stand here."""

from health.samples.model import LONGEST_S

STAGED = """(
        SELECT series.series_id, metric.kind, at, round(length_s)::integer AS duration_s,
               CASE WHEN of_length THEN length_s * factor ELSE staged.value * factor END + shift AS value,
               offset_min, staged.ctid AS place, of_length, bound.min, bound.max, usual_min, usual_max, length_s
        FROM (
            SELECT stream, at, value, offset_min, ctid,
                   coalesce(extract(epoch FROM until - at), 0)::float8 AS length_s FROM staged
        ) AS staged
        JOIN unnest($3::integer[], $4::integer[], $5::float8[], $6::float8[], $7::boolean[], $8::float8[],
                    $9::float8[], $10::float8[], $11::float8[])
             AS bound (stream, series_id, factor, shift, of_length, min, max, usual_min, usual_max) USING (stream)
        JOIN series ON series.user_id = $1 AND series.series_id = bound.series_id
        JOIN metric USING (metric_id)
    )"""
"""What was copied in, in canonical units."""

SIFTED = f"""(
        SELECT *, CASE
                WHEN value < 'Infinity' AND value > '-Infinity' AND length_s BETWEEN 0 AND {LONGEST_S}
                     AND at >= '1900-01-01 00:00:00+00' AND at < '2100-01-01 00:00:00+00'
                THEN coalesce(value >= min, true) AND coalesce(value <= max, true)
            END AS fits
        FROM given
    )"""  # noqa: S608 - made of constants
"""``fits`` is null where a sample cannot be at all, false where it is out of its metric's bounds."""

SEVERAL = "kind IN (1, 3)"
"""Metrics of which a source may say several things at one instant."""


def distinct(rows: str) -> str:
    """Of rows with one key the last; sorted, as the key of the table is."""
    key = f"series_id, at, CASE WHEN {SEVERAL} THEN duration_s END, CASE WHEN {SEVERAL} THEN value END"
    return f"""(
        SELECT DISTINCT ON ({key}) series_id, kind, at, duration_s, value, offset_min
        FROM {rows} ORDER BY {key}, place DESC
    )"""  # noqa: S608 - made of constants


KNOWN = """(
        SELECT wanted.*, old.top, old.known, old.duration_s AS old_duration_s, old.offset_min AS old_offset_min,
               old.import_id AS old_import_id, old.value AS old_value
        FROM wanted CROSS JOIN LATERAL (
            SELECT max(n) AS top, bool_or(duration_s = wanted.duration_s AND value = wanted.value) AS known,
                   max(duration_s) AS duration_s, max(offset_min) AS offset_min, max(import_id) AS import_id,
                   max(value) AS value
            FROM sample WHERE series_id = wanted.series_id AND at = wanted.at
        ) AS old
    )"""
"""Each row beside what is stored at its instant; the old values mean something only where there is at most one."""

NUMBERED = f"""(
        SELECT *, top IS NOT NULL AND NOT {SEVERAL} AS changes,
               CASE WHEN {SEVERAL} THEN coalesce(top + 1, 0)
                    + row_number() OVER (PARTITION BY series_id, at ORDER BY duration_s, value) - 1
               ELSE 0 END AS n
        FROM beside WHERE known IS NOT TRUE
    )"""  # noqa: S608 - made of constants
"""What has to be written, with its number among what its series says of the instant."""

WRITE = """
    inserted AS (
        INSERT INTO sample (series_id, at, n, duration_s, offset_min, import_id, value)
        SELECT series_id, at, n, duration_s, offset_min, $2::integer, value FROM touched WHERE NOT changes
    ), changed AS (
        INSERT INTO sample (series_id, at, n, duration_s, offset_min, import_id, value)
        SELECT series_id, at, n, duration_s, offset_min, $2::integer, value FROM touched WHERE changes
        ON CONFLICT (series_id, at, n) DO UPDATE
        SET duration_s = excluded.duration_s, offset_min = excluded.offset_min, import_id = excluded.import_id,
            value = excluded.value
    ), lengths AS (
        UPDATE series SET longest_s = longer.duration_s
        FROM (SELECT series_id, max(duration_s) AS duration_s FROM touched GROUP BY series_id) AS longer
        WHERE series.user_id = $1 AND series.series_id = longer.series_id AND series.longest_s < longer.duration_s
    )"""

PIECES = """
    reach AS MATERIALIZED (
        SELECT series_id, max(longest_s) OVER (PARTITION BY metric_id) AS longest_s FROM series WHERE user_id = $1
    ), piece AS MATERIALIZED (
        SELECT DISTINCT touched.series_id,
               date_bin('15 minutes', CASE touched.kind
                   WHEN 1 THEN at - make_interval(secs => reach.longest_s) ELSE at END, 'epoch') AS first,
               date_bin('15 minutes', CASE touched.kind
                   WHEN 1 THEN at + make_interval(secs => touched.duration_s)
                   WHEN 3 THEN at + make_interval(days => 1, secs => touched.duration_s)
                   ELSE at END, 'epoch') AS last
        FROM touched
        CROSS JOIN LATERAL (SELECT longest_s FROM reach WHERE series_id = touched.series_id OFFSET 0) AS reach
    )"""
"""The quarters of an hour that ``touched`` (series_id, kind, at, duration_s) has a part in.

An additive sample has one in the days of all that may overlap it, a sleep sample in the night after. A thousand heart
rates lie in two quarters of an hour, so two dates are asked for, not a thousand.
"""

ZONES = """
    zone AS MATERIALIZED (
        SELECT zone, since, lead(since, 1, 'infinity') OVER (ORDER BY since, told) AS until
        FROM (
            SELECT zone, since, true AS told FROM known_zone WHERE user_id = $1
            UNION ALL SELECT 'UTC', '-infinity', false
        ) AS known
    )"""
"""From when until when the user ``$1`` had a zone; UTC before the first that is known."""

DIRTY = f"""
    {ZONES.strip()}, span AS (
        SELECT piece.series_id, min((at AT TIME ZONE zone)::date) AS first, max((at AT TIME ZONE zone)::date) AS last
        FROM piece
        CROSS JOIN LATERAL (VALUES (piece.first), (piece.first + interval '15 minutes' - interval '1 us'),
                                   (piece.last), (piece.last + interval '15 minutes' - interval '1 us')) AS edge (at)
        JOIN zone ON edge.at >= zone.since AND edge.at < zone.until
        GROUP BY piece.series_id, piece.first, piece.last
    ), dirty AS (
        INSERT INTO dirty_day (series_id, on_date)
        SELECT DISTINCT series_id, first + number
        FROM span CROSS JOIN LATERAL generate_series(0, last - first) AS number
    )"""  # noqa: S608 - made of constants
"""Queue the days of each ``piece`` (series_id, first and last quarter of an hour) of the user ``$1``.

A zone's dates are asked at both ends of a quarter, so that no change of zone inside it is missed.
"""
