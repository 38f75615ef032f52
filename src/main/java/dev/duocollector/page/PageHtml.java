// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.page;

import dev.duocollector.metrics.LastDay;
import dev.duocollector.text.Count;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

/** Writes the page, or one line in its place. Addresses are relative, so that a proxy may show it in a folder. For one page. */
final class PageHtml {

    private static final String TITLE = "Duo telephony collector";

    /** How many lines about settings are shown; the log and {@code check} have all of them. */
    private static final int PROBLEMS_MAX = 20;

    private final Html html = new Html();
    private final PageStyle style;

    PageHtml(PageStyle style) {
        this.style = style;
    }

    /** Returns a page that says one thing. */
    String line(String text) {
        head();
        html.open("main").element("h1", TITLE).element("p", text, "class", "notice bad");
        html.open("p").element("a", "All logs", "href", "?").close("p").close("main");
        return foot();
    }

    /**
     * Returns the page.
     *
     * @throws WrongParameterException if there is no such page of the list
     */
    String of(View view, PageParameters asked) throws WrongParameterException {
        List<StreamRow> matching = asked.matching(view.rows());
        List<StreamRow> rows = asked.onPage(matching);
        head();
        html.open("header").element("h1", TITLE);
        html.element("p", headline(view), "class", "headline " + tone(view).css());
        html.open("nav", "aria-label", "Monitoring");
        html.element("a", "Health", "href", "observe/health").text(" ");
        html.element("a", "Readiness", "href", "observe/health/ready").text(" ");
        html.element("a", "Metrics", "href", "observe/metrics");
        html.close("nav").close("header").line();
        html.open("main");
        view.node().ifPresent(text -> html.element("p", text, "class", "notice bad"));
        view.scope().ifPresent(text -> html.element("p", text, "class", "notice"));
        problems(view.problems());
        charts(view, matching, asked.isFilter());
        if (view.rows().size() > 1 || asked.isFilter()) {
            form(view, asked);
        }
        table(view, rows, matching.size(), asked);
        html.close("main").line();
        html.open("footer").open("p").text("As of ");
        time(view.now());
        html.text(
                " UTC; load it again for newer figures. Events and credits count in the hour in which they were stored, since ");
        time(view.since());
        html.text(", and are forgotten when the program ends. All times are UTC.")
                .close("p")
                .close("footer");
        return foot();
    }

    private void head() {
        html.open("html", "lang", "en").line().open("head").open("meta", "charset", "utf-8");
        html.open("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
        html.open("meta", "name", "color-scheme", "content", "light dark");
        html.element("title", TITLE).line();
        html.style(style).close("head").line().open("body").line();
    }

    private String foot() {
        return html.close("body").close("html").line().toString();
    }

    private static StreamState.Tone tone(View view) {
        if (count(view, StreamState.Tone.BAD) > 0
                || !view.problems().isEmpty()
                || view.node().isPresent()) {
            return StreamState.Tone.BAD;
        }
        if (view.rows().isEmpty()) {
            return StreamState.Tone.IDLE;
        }
        return count(view, StreamState.Tone.WARN) > 0 ? StreamState.Tone.WARN : StreamState.Tone.WELL;
    }

    private static long count(View view, StreamState.Tone tone) {
        return count(view, row -> row.state().tone() == tone);
    }

    private static long count(View view, Predicate<StreamRow> which) {
        return view.rows().stream().filter(which).count();
    }

    private static String headline(View view) {
        int all = view.rows().size();
        if (all == 0) {
            return "No log is collected here.";
        }
        long bad = count(view, StreamState.Tone.BAD);
        long warn = count(view, StreamState.Tone.WARN);
        return Count.grouped(all, "log")
                + (bad == 0 ? ", none in trouble" : ": " + Words.count(bad) + " in trouble")
                + (warn == 0 ? "" : ", " + Words.count(warn) + " held up or behind")
                + (view.problems().isEmpty() ? "." : ". Settings of accounts are wrong.");
    }

    private void problems(List<String> problems) {
        if (problems.isEmpty()) {
            return;
        }
        html.open("section", "class", "notice bad", "aria-labelledby", "problems");
        html.element("h2", "Settings of accounts that are wrong", "id", "problems")
                .open("ul");
        problems.stream().limit(PROBLEMS_MAX).forEach(line -> html.element("li", line));
        html.close("ul");
        if (problems.size() > PROBLEMS_MAX) {
            html.element(
                    "p",
                    "And " + Words.count(problems.size() - PROBLEMS_MAX)
                            + " more: the log and the command check have them.");
        }
        html.close("section").line();
    }

    private void charts(View view, List<StreamRow> matching, boolean isFilter) {
        List<Hours> credits =
                matching.stream().flatMap(row -> row.credits().stream()).toList();
        html.open("section", "class", "charts", "aria-label", "The last day");
        chart(view, "events", matching.stream().map(StreamRow::events).toList(), isFilter);
        if (!credits.isEmpty()) {
            chart(view, "credits", credits, isFilter);
        }
        html.close("section").line();
    }

    private void chart(View view, String noun, List<Hours> all, boolean isFilter) {
        Hours sum = Hours.sum(all, LastDay.HOURS);
        BarChart chart = new BarChart(noun, view.now());
        html.open("figure").open("figcaption");
        html.element("strong", Words.count(sum.total())).text(" " + noun + " in 24 hours");
        html.text(isFilter ? " of what is found" : "");
        html.text(sum.most() == 0 ? "" : ", at most " + Words.count(sum.most()) + " an hour");
        html.close("figcaption");
        chart.draw(html, sum, noun);
        html.open("p", "class", "axis", "aria-hidden", "true");
        for (int back : new int[] {23, 12, 0}) {
            html.element("span", back == 0 ? "now" : Words.hour(view.now().minus(Duration.ofHours(back))));
        }
        html.close("p").close("figure");
    }

    private void form(View view, PageParameters asked) {
        html.open("form", "method", "get", "role", "search");
        html.open("label").text("Account or log ");
        html.open(
                "input",
                "type",
                "search",
                "name",
                "find",
                "value",
                asked.find(),
                "maxlength",
                String.valueOf(PageParameters.FIND_CHARS_MAX));
        html.close("label").open("label").text("State ").open("select", "name", "state");
        option("", "any", asked.state().isEmpty());
        for (StreamState state : StreamState.values()) {
            long count = count(view, row -> row.state() == state);
            boolean isAsked = asked.state().filter(only -> only == state).isPresent();
            if (count > 0 || isAsked) {
                option(state.parameter(), state.words() + " (" + Words.count(count) + ")", isAsked);
            }
        }
        html.close("select").close("label");
        if (asked.rows() != PageParameters.ROWS_DEFAULT) {
            html.open("input", "type", "hidden", "name", "rows", "value", String.valueOf(asked.rows()));
        }
        html.element("button", "Show", "type", "submit");
        if (asked.isFilter()) {
            html.element("a", "All logs", "href", "?");
        }
        html.close("form").line();
    }

    private void option(String value, String words, boolean selected) {
        // Not without a value: the words would be it.
        if (selected) {
            html.element("option", words, "value", value, "selected", "");
        } else {
            html.element("option", words, "value", value);
        }
    }

    private void table(View view, List<StreamRow> rows, int matching, PageParameters asked) {
        if (rows.isEmpty()) {
            html.element(
                    "p",
                    view.rows().isEmpty()
                            ? "There is nothing to show: no account is right yet, or other nodes have all logs."
                            : "No log matches" + (asked.find().isEmpty() ? "" : " '" + asked.find() + "'")
                                    + asked.state()
                                            .map(state -> " in the state '" + state.words() + "'")
                                            .orElse("")
                                    + ".",
                    "class",
                    "notice");
            return;
        }
        int first = (asked.page() - 1) * asked.rows() + 1;
        html.open("table", "role", "table").open("caption");
        html.text(
                rows.size() == matching
                        ? Count.grouped(matching, "log")
                        : "Logs " + Words.count(first) + " to " + Words.count(first + rows.size() - 1L) + " of "
                                + Words.count(matching));
        html.text(matching > 1 ? ", what needs people first" : "");
        html.close("caption").open("thead", "role", "rowgroup").open("tr", "role", "row");
        for (String heading : List.of("Log", "State", "Covered through", "Last run", "Events", "Credits")) {
            html.element("th", heading, "scope", "col", "role", "columnheader");
        }
        html.close("tr").close("thead").line().open("tbody", "role", "rowgroup").line();
        rows.forEach(row -> row(row, view.now()));
        html.close("tbody").close("table").line();
        paging(asked, asked.pages(matching));
    }

    private void row(StreamRow row, Instant now) {
        html.open("tr", "role", "row");
        html.open("th", "scope", "row", "role", "rowheader").element("span", row.account(), "class", "account");
        html.text(" ").element("span", row.log(), "class", "log").close("th");
        cell("State")
                .element(
                        "span",
                        row.state().words(),
                        "class",
                        "state " + row.state().tone().css());
        if (!row.words().isEmpty()) {
            html.text(" ").element("span", row.words(), "class", "words");
        }
        html.close("td");
        cell("Covered through");
        if (row.covered().isPresent()) {
            time(row.covered().get());
            html.text(" ")
                    .element(
                            "span", Words.length(Duration.between(row.covered().get(), now)) + " ago", "class", "more");
        } else {
            html.element("span", "not known yet", "class", "more");
        }
        html.close("td");
        cell("Last run");
        if (row.last().isPresent()) {
            StreamRow.LastRun last = row.last().get();
            time(last.at());
            html.text(" ").element("span", last.outcome() + ", took " + Words.length(last.took()), "class", "more");
        } else {
            html.element("span", "none here yet", "class", "more");
        }
        html.close("td");
        hours("Events", Optional.of(row.events()), now);
        hours("Credits", row.credits(), now);
        html.close("tr").line();
    }

    private Html cell(String heading) {
        html.open(
                "td",
                "role",
                "cell",
                "class",
                "of-" + heading.toLowerCase(Locale.ROOT).replace(' ', '-'));
        // The heading once more, for a narrow screen, on which the head of the table is away.
        return html.element("span", heading, "class", "heading", "aria-hidden", "true");
    }

    private void hours(String heading, Optional<Hours> hours, Instant now) {
        cell(heading);
        if (hours.isPresent()) {
            html.element("span", Words.count(hours.get().total())).text(" ");
            new BarChart(heading.toLowerCase(Locale.ROOT), now).drawSmall(html, hours.get());
        } else {
            html.element("span", "none", "class", "more");
        }
        html.close("td");
    }

    private void time(Instant time) {
        html.element("time", Words.minute(time), "datetime", time.toString());
    }

    private void paging(PageParameters asked, int pages) {
        if (pages == 1) {
            return;
        }
        html.open("nav", "class", "paging", "aria-label", "Pages");
        page("First", asked, 1, asked.page() > 1);
        page("Previous", asked, asked.page() - 1, asked.page() > 1);
        html.element("span", "Page " + asked.page() + " of " + Words.count(pages), "aria-current", "page");
        page("Next", asked, asked.page() + 1, asked.page() < pages);
        page("Last", asked, pages, asked.page() < pages);
        html.close("nav").line();
    }

    private void page(String words, PageParameters asked, int other, boolean isThere) {
        if (isThere) {
            html.element("a", words, "href", asked.toPage(other));
        } else {
            html.element("span", words, "class", "more");
        }
    }
}
