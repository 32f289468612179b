// Judges documents from standard input by a schema; see outside.rs.

import java.io.*;
import java.nio.charset.StandardCharsets;
import java.util.*;
import javax.xml.XMLConstants;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.*;
import org.xml.sax.*;

public class JdkJudge {
    public static void main(String[] arguments) throws Exception {
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        SchemaFactory factory = SchemaFactory.newInstance(XMLConstants.W3C_XML_SCHEMA_NS_URI);
        factory.setProperty(XMLConstants.ACCESS_EXTERNAL_SCHEMA, "file");
        factory.setProperty(XMLConstants.ACCESS_EXTERNAL_DTD, "file");
        Schema schema;
        try {
            schema = factory.newSchema(new File(arguments[0]));
        } catch (SAXException fault) {
            out.println("the schema is refused");
            return;
        }
        out.println("ready");
        DataInputStream in = new DataInputStream(new BufferedInputStream(System.in));
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            byte[] bytes = new byte[Integer.parseInt(line)];
            in.readFully(bytes);
            out.println(String.join(" ", rules(schema, bytes)));
        }
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int sign = in.read(); sign > '\n'; sign = in.read()) {
            line.append((char) sign);
        }
        return line.toString();
    }

    private static List<String> rules(Schema schema, byte[] bytes) throws IOException {
        List<String> found = new ArrayList<>();
        Validator validator = schema.newValidator();
        validator.setErrorHandler(new ErrorHandler() {
            public void warning(SAXParseException fault) {}

            public void error(SAXParseException fault) {
                found.add(fault.getMessage().split(":", 2)[0].replaceAll("\\s.*", "?"));
            }

            public void fatalError(SAXParseException fault) {
                found.add("malformed");
            }
        });
        try {
            validator.validate(new StreamSource(new ByteArrayInputStream(bytes)));
        } catch (RuntimeException fault) {
            found.add("crash");
        } catch (SAXException fault) {
            if (found.isEmpty()) {
                found.add("malformed");
            }
        }
        return found;
    }
}
