package dev.heliostat.admin;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Cells of tables are texts, whatever clients put into them.
 */
class ExportFormatTest {

	@ParameterizedTest
	@ValueSource(strings = { "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "|calc" })
	void formulasAreTexts(String formula) {
		assertThat(ExportFormat.cell(formula).replace("\"", "")).startsWith("'");
	}

	@Test
	void quotesAndCommasStayInTheirCell() {
		assertThat(ExportFormat.cell("a,\"b\"")).isEqualTo("\"a,\"\"b\"\"\"");
		assertThat(ExportFormat.cell("plain")).isEqualTo("plain");
		assertThat(ExportFormat.cell("=a,\"b\"")).isEqualTo("\"'=a,\"\"b\"\"\"");
	}

}
