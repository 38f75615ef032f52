// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.settings;

import java.text.ParseException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Calendar;
import java.util.Date;
import java.util.Locale;
import java.util.Optional;
import java.util.TimeZone;
import org.quartz.CronExpression;

/** The schedule, as Quartz understands it, in UTC and in years of our era whatever the JVM's language counts by. */
public final class Schedule {

    static {
        // Quartz accepts years up to a hundred from now, and learns "now" when its class is loaded, from the calendar
        // of the JVM's language: in a Japanese one this is the year 8, and no schedule has a year left.
        Locale before = Locale.getDefault(Locale.Category.FORMAT);
        boolean other = !Calendar.getInstance().getCalendarType().equals("gregory");
        if (other) {
            Locale.setDefault(Locale.Category.FORMAT, Locale.ROOT);
        }
        CronExpression.isValidExpression("0 0 * * * ?");
        if (other) {
            Locale.setDefault(Locale.Category.FORMAT, before);
        }
    }

    private final CronExpression cron;

    private Schedule(CronExpression cron) {
        this.cron = cron;
    }

    /** Returns the schedule that a Quartz cron expression describes; empty if it describes none. */
    public static Optional<Schedule> parse(String expression) {
        if (!CronExpression.isValidExpression(expression)) {
            return Optional.empty();
        }
        try {
            CronExpression cron = new CronExpression(expression);
            cron.setTimeZone(TimeZone.getTimeZone(ZoneOffset.UTC));
            return Optional.of(new Schedule(cron));
        } catch (ParseException e) {
            return Optional.empty();
        }
    }

    /**
     * Says what is allowed, if an expression is not.
     *
     * @param mustCome whether a time of it must come
     * @param example one that is allowed, and what it means
     */
    static Optional<String> flaw(String expression, boolean mustCome, String example) {
        Optional<Schedule> schedule = parse(expression);
        if (schedule.isEmpty()) {
            return Optional.of("a Quartz cron expression, such as " + example);
        }
        return mustCome && schedule.get().next(Instant.now()).isEmpty()
                ? Optional.of("a time that comes: this one never does")
                : Optional.empty();
    }

    /** Returns its next time after this one; empty if none comes. */
    public Optional<Instant> next(Instant after) {
        return Optional.ofNullable(cron.getNextValidTimeAfter(Date.from(after))).map(Date::toInstant);
    }

    @Override
    public String toString() {
        return cron.getCronExpression();
    }
}
