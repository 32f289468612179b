import java.io.ByteArrayInputStream;
import java.io.File;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.xml.XMLConstants;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.Schema;
import javax.xml.validation.SchemaFactory;
import javax.xml.validation.Validator;
import org.xml.sax.SAXException;

/**
 * The peer Xerces, as the JDK has it: usage: Jdk SCHEMA DOCUMENT COUNT WARM_UP. The schema is read once; the document is
 * judged WARM_UP times before the clock is looked at, then COUNT times. Prints CPU seconds of the judging thread.
 */
public final class Jdk {
    public static void main(String[] arguments) throws Exception {
        // The library's own limits would refuse large documents.
        System.setProperty("jdk.xml.maxGeneralEntitySizeLimit", "0");
        System.setProperty("jdk.xml.totalEntitySizeLimit", "0");
        System.setProperty("jdk.xml.maxOccurLimit", "0");
        Schema schema = SchemaFactory.newInstance(XMLConstants.W3C_XML_SCHEMA_NS_URI).newSchema(new File(arguments[0]));
        byte[] document = Files.readAllBytes(Path.of(arguments[1]));
        int count = Integer.parseInt(arguments[2]);
        boolean valid = true;
        for (int left = Integer.parseInt(arguments[3]); left > 0; left--) {
            valid = judge(schema, document);
        }
        var thread = ManagementFactory.getThreadMXBean();
        long began = thread.getCurrentThreadCpuTime();
        for (int left = count; left > 0; left--) {
            valid = judge(schema, document);
        }
        double seconds = (thread.getCurrentThreadCpuTime() - began) / 1e9;
        System.out.printf(java.util.Locale.ROOT, "{\"cpu_seconds\": %f, \"valid\": %b, \"peak_bytes\": 0}%n", seconds, valid);
    }

    private static boolean judge(Schema schema, byte[] document) throws java.io.IOException {
        try {
            Validator validator = schema.newValidator();
            validator.validate(new StreamSource(new ByteArrayInputStream(document)));
            return true;
        } catch (SAXException broken) {
            return false;
        }
    }
}
