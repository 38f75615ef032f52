// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.testing;

import java.util.List;
import java.util.Locale;
import java.util.TimeZone;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterClassTemplateInvocationCallback;
import org.junit.jupiter.api.extension.BeforeClassTemplateInvocationCallback;
import org.junit.jupiter.api.extension.ClassTemplateInvocationContext;
import org.junit.jupiter.api.extension.ClassTemplateInvocationContextProvider;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Makes one run of the class for each locale and time zone of {@link InLocales}. */
final class InLocalesExtension implements ClassTemplateInvocationContextProvider {
    /** Turkish first: what a class keeps from the moment it is loaded is then kept in Turkish. */
    static final List<Locale> LOCALES =
            Stream.of("tr-TR", "ko-KR", "en-US").map(Locale::forLanguageTag).toList();

    static final List<TimeZone> ZONES = Stream.of("Asia/Seoul", "America/St_Johns", "UTC")
            .map(TimeZone::getTimeZone)
            .toList();

    @Override
    public boolean supportsClassTemplate(ExtensionContext context) {
        return true;
    }

    @Override
    public Stream<Run> provideClassTemplateInvocationContexts(ExtensionContext context) {
        return LOCALES.stream().flatMap(locale -> ZONES.stream().map(zone -> new Run(locale, zone)));
    }

    /** One run: sets the defaults before it and puts back those that it found. */
    static final class Run
            implements ClassTemplateInvocationContext,
                    BeforeClassTemplateInvocationCallback,
                    AfterClassTemplateInvocationCallback {
        private final Locale locale;
        private final TimeZone zone;
        private final Locale localeBefore = Locale.getDefault();
        private final Locale displayBefore = Locale.getDefault(Locale.Category.DISPLAY);
        private final Locale formatBefore = Locale.getDefault(Locale.Category.FORMAT);
        private final TimeZone zoneBefore = TimeZone.getDefault();

        Run(Locale locale, TimeZone zone) {
            this.locale = locale;
            this.zone = zone;
        }

        @Override
        public String getDisplayName(int invocationIndex) {
            return locale.toLanguageTag() + ", " + zone.getID();
        }

        @Override
        public List<Extension> getAdditionalExtensions() {
            return List.of(this);
        }

        @Override
        public void beforeClassTemplateInvocation(ExtensionContext context) {
            Locale.setDefault(locale);
            TimeZone.setDefault(zone);
        }

        @Override
        public void afterClassTemplateInvocation(ExtensionContext context) {
            Locale.setDefault(localeBefore);
            Locale.setDefault(Locale.Category.DISPLAY, displayBefore);
            Locale.setDefault(Locale.Category.FORMAT, formatBefore);
            TimeZone.setDefault(zoneBefore);
        }
    }
}
