// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.sink;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.duocollector.failure.RunOutcome;
import dev.duocollector.route.World;
import dev.duocollector.settings.AccountSettings.S3Connection;
import dev.duocollector.testing.RawServer;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/** What a server says is believed as far as it proves something. */
class AnswerChecksTest {

    private static final String ENTRY = "<Contents><Key>logs/a</Key><Size>1</Size></Contents>";
    private static final String ERROR = "<Error><Code>InternalError</Code><Message>As S3 says</Message></Error>";

    private final RawServer server = RawServer.start();
    private final S3Client s3 = S3Clients.create(new S3Connection(
            Optional.of("eu-central-1"),
            Optional.of(URI.create("http://127.0.0.1:" + server.port())),
            true,
            Optional.empty(),
            false));

    @BeforeAll
    static void haveCredentials() {
        World.s3();
    }

    @AfterEach
    void close() {
        s3.close();
        server.close();
    }

    // ---- Lists.

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<IsTruncated>false</IsTruncated>",
                "<IsTruncated>false</IsTruncated>" + ENTRY,
                "<IsTruncated>true</IsTruncated><NextContinuationToken>next</NextContinuationToken>" + ENTRY,
                "<EncodingType>url</EncodingType><IsTruncated>false</IsTruncated>"
                        + "<Contents><Key>logs%2Fa</Key><Size>1</Size></Contents>",
            })
    void list_isBelieved(String list) {
        answerList("200 OK", "application/xml", listOf(list));

        assertThat(list("before")).isEqualTo(list.contains("<Key>") ? List.of("logs/a") : List.of());
    }

    @ParameterizedTest(name = "{0} {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "200 OK         | application/xml | ''                                    | it has no IsTruncated",
                "204 No Content | application/xml | ''                                    | it has no IsTruncated",
                "200 OK         | text/html       | <html><body>Log in</body></html>      | it has no IsTruncated",
                "200 OK         | application/xml | <L><IsTruncated>true</IsTruncated></L> | has no NextContinuationToken",
                "200 OK         | application/xml | <L><IsTruncated>true</IsTruncated><NextContinuationToken> </NextContinuationToken></L> | has no NextContinuationToken",
                "200 OK         | application/xml | <L><IsTruncated>true</IsTruncated><NextContinuationToken>before</NextContinuationToken></L> | is the one that it was asked with",
                "200 OK         | application/xml | <L><IsTruncated>false</IsTruncated><Contents><Size>1</Size></Contents></L> | an entry has no Key",
                "200 OK         | application/xml | <L><IsTruncated>false</IsTruncated><Contents><Key>logs/a</Key></Contents></L> | an entry has no Size",
                "200 OK         | application/xml | <L><IsTruncated>false</IsTruncated><Contents><Key>other/a</Key><Size>1</Size></Contents></L> | does not begin with the prefix logs/",
                "200 OK         | application/xml | <L><IsTruncated>false</IsTruncated><Contents> | it is not whole XML",
                "200 OK         | text/html       | <p>Log in<br></p>                     | it is not whole XML",
                "200 OK         | text/plain      | Log in                                | it is not whole XML",
            })
    void answerThatIsNoList_provesNothing(String status, String type, String body, String flaw) {
        answerList(status, type, body);

        SdkClientException failure = catchThrowableOfType(SdkClientException.class, () -> list("before"));

        S3Failure explained = S3Failure.explain("s3:ListBucket", "b", failure);
        assertThat(explained.outcome()).isEqualTo(RunOutcome.FAILED);
        assertThat(explained.message())
                .contains("The answer to s3:ListObjectsV2 on s3://b is no list of S3's", flaw + ")")
                .contains("HTTP " + status.substring(0, 3) + ", " + type, "Check what answers in S3's place");
        assertThat(server.requests()).as("an answer is not asked for again").hasSize(1);
    }

    /** It is the connection that failed, and not who answered. */
    @Test
    void listThatIsCut_isNotReached() {
        for (int attempt = 1; attempt <= 4; attempt++) {
            server.answerAndClose(
                    RawServer.head("200 OK", "Content-Type: application/xml", "Content-Length: 1000"),
                    "<L><IsTruncated>false</IsTruncated>".getBytes(US_ASCII));
        }

        SdkClientException failure = catchThrowableOfType(SdkClientException.class, () -> list("before"));

        assertThat(S3Failure.explain("s3:ListBucket", "b", failure).message()).contains("S3 could not be reached");
    }

    /** The SDK itself takes it for one. */
    @Test
    void errorInA200_mayPass() {
        answerList("200 OK", "application/xml", ERROR);

        S3Exception failure = catchThrowableOfType(S3Exception.class, () -> list("before"));

        assertThat(S3Failure.explain("s3:ListBucket", "b", failure).outcome()).isEqualTo(RunOutcome.FAILED);
    }

    /** Else it would be asked for without end. */
    @Test
    void tokenThatRepeats_endsTheList() {
        String page = listOf("<IsTruncated>true</IsTruncated><NextContinuationToken>same</NextContinuationToken>");
        answerList("200 OK", "application/xml", page);
        answerList("200 OK", "application/xml", page);

        assertThatExceptionOfType(SdkClientException.class)
                .isThrownBy(() -> s3.listObjectsV2Paginator(list -> list.bucket("b"))
                        .contents()
                        .forEach(object -> {}))
                .withMessageContaining("is the one that it was asked with");
        assertThat(server.requests()).hasSize(2);
    }

    /** With tokens that take turns, so that none is the one that was asked with. */
    @Test
    void keysThatRepeat_endTheList() {
        for (String next : List.of("A", "B")) {
            answerList(
                    "200 OK",
                    "application/xml",
                    listOf("<IsTruncated>true</IsTruncated><NextContinuationToken>" + next + "</NextContinuationToken>"
                            + ENTRY));
        }

        SdkClientException failure = catchThrowableOfType(
                SdkClientException.class,
                () -> s3.listObjectsV2Paginator(list -> list.bucket("b"))
                        .contents()
                        .forEach(object -> {}));

        S3Failure explained = S3Failure.explain("s3:ListBucket", "b", failure);
        assertThat(explained.outcome()).isEqualTo(RunOutcome.FAILED);
        assertThat(explained.message())
                .contains(
                        "is no list of S3's, and proves nothing (HTTP 200, application/xml: its first Key does not come after");
        assertThat(server.requests()).hasSize(2);
    }

    private void answerList(String status, String type, String body) {
        if (status.startsWith("204")) {
            server.answer(RawServer.head(status, "Content-Type: " + type));
        } else {
            server.answer(status, body, "Content-Type: " + type);
        }
    }

    private static String listOf(String members) {
        return "<ListBucketResult>" + members + "</ListBucketResult>";
    }

    private List<String> list(String token) {
        return s3.listObjectsV2(list -> list.bucket("b").prefix("logs/").continuationToken(token)).contents().stream()
                .map(S3Object::key)
                .toList();
    }

    // ---- Writes.

    @ParameterizedTest(name = "{0}, chunked: {1}")
    @CsvSource({
        "'', false, true",
        "'', true, true",
        ERROR + ", false, false",
        ERROR + ", true, false",
        "<html>Log in</html>, false, false"
    })
    void writeAnsweredWithABody_hasNoETag(String body, boolean chunked, boolean acknowledged) {
        if (chunked) {
            String chunk = body.isEmpty() ? "" : Integer.toHexString(body.length()) + "\r\n" + body + "\r\n";
            server.answer(
                    RawServer.head("200 OK", "ETag: \"a\"", "Transfer-Encoding: chunked"),
                    (chunk + "0\r\n\r\n").getBytes(US_ASCII));
        } else {
            server.answer("200 OK", body, "ETag: \"a\"");
        }

        // Without a body, as the server reads none.
        assertThat(s3.putObject(put -> put.bucket("b").key("k"), RequestBody.empty())
                        .eTag())
                .isEqualTo(acknowledged ? "\"a\"" : null);
    }

    // ---- Absence.

    @ParameterizedTest
    @CsvSource({"404, true", "403, false", "410, false", "500, false"})
    void onlyA404_isAbsence(int status, boolean absent) {
        for (int attempt = 1; attempt <= 4; attempt++) {
            server.answer(status + " No", "<Error><Code>NoSuchKey</Code></Error>", "Content-Type: application/xml");
        }

        S3Exception failure = catchThrowableOfType(
                S3Exception.class,
                () -> s3.getObjectAsBytes(get -> get.bucket("b").key("k")));

        assertThat(S3Failure.isAbsent(failure)).isEqualTo(absent);
        assertThat(failure.statusCode()).isEqualTo(status);
        assertThat(failure.awsErrorDetails().errorCode()).isEqualTo("NoSuchKey");
    }
}
