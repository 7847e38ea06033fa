package dev.heliostat.ledger;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.Requests;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The embedded store in the course of time.
 */
class SqliteLedgerKeepingTest extends LedgerKeepingContract {

	@Override
	protected List<String> database() {
		return List.of();
	}

	@Test
	void aBackupIsAStoreByItself() throws IOException {
		Gateway.Answer made = gateway().generate(Gateway.TEST_KEY, Requests.of(Requests.MODEL, "To be kept"));
		String id = made.json().at("/metadata/id").asString();
		Gateway.Answer backup = gateway().post("/admin/v1/backup", Gateway.ADMIN_KEY, "");
		assertThat(backup.status()).as(backup.text()).isEqualTo(201);
		Path copy = Path.of(backup.json().path("path").asString());
		assertThat(Files.size(copy)).isEqualTo(backup.json().path("bytes").asLong());
		assertThat(copy.getParent().toFile().list()).noneMatch(name -> name.endsWith(".partial"));

		Path data = Gateway.temporary();
		Files.copy(copy, data.resolve("heliostat.db"));
		try (Gateway restored = Gateway.start("--heliostat.data-dir=" + data)) {
			assertThat(restored.get("/admin/v1/generations/" + id, Gateway.ADMIN_KEY).status()).isEqualTo(200);
			assertThat(restored.generate(Gateway.TEST_KEY, Requests.of(Requests.MODEL, "Goes on")).status())
				.isEqualTo(200);
			assertThat(restored.get("/admin/v1/usage", Gateway.ADMIN_KEY).json().at("/data/0/requests").asLong())
				.isEqualTo(2);
		}
	}

}
