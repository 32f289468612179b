/* The peer libxml2: its streaming validator over a schema that is read once.
 *
 * usage: libxml2 SCHEMA DOCUMENT COUNT
 * DOCUMENT is read into memory when it is small enough, else from its file; it is judged COUNT times after one
 * time to warm up. Prints CPU seconds, the verdict of the last time and the peak of resident memory as JSON. */
#include <libxml/parser.h>
#include <libxml/xmlschemas.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

#define IN_MEMORY_BYTES_MAX (256L << 20)

static void quiet(void *context, const char *format, ...) {
    (void)context;
    (void)format;
}

static double cpu_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return now.tv_sec + now.tv_nsec / 1e9;
}

static char *read_whole(const char *path, long bytes) {
    char *content = malloc(bytes);
    FILE *file = fopen(path, "rb");
    if (content == NULL || file == NULL || fread(content, 1, bytes, file) != (size_t)bytes) exit(2);
    fclose(file);
    return content;
}

static int judge(xmlSchemaPtr schema, const char *path, const char *content, long bytes) {
    static xmlSAXHandler nothing = {.initialized = XML_SAX2_MAGIC};
    xmlSchemaValidCtxtPtr context = xmlSchemaNewValidCtxt(schema);
    xmlParserInputBufferPtr input =
        content != NULL ? xmlParserInputBufferCreateMem(content, bytes, XML_CHAR_ENCODING_NONE)
                        : xmlParserInputBufferCreateFilename(path, XML_CHAR_ENCODING_NONE);
    if (context == NULL || input == NULL) exit(2);
    xmlSchemaSetValidErrors(context, quiet, quiet, NULL);
    int found = xmlSchemaValidateStream(context, input, XML_CHAR_ENCODING_NONE, &nothing, NULL);
    xmlSchemaFreeValidCtxt(context);
    return found;
}

int main(int argc, char **argv) {
    if (argc != 4) return 2;
    struct stat about;
    if (stat(argv[2], &about) != 0) return 2;
    xmlSchemaParserCtxtPtr reading = xmlSchemaNewParserCtxt(argv[1]);
    xmlSchemaSetParserErrors(reading, quiet, quiet, NULL);
    xmlSchemaPtr schema = xmlSchemaParse(reading);
    if (schema == NULL) return 2;
    char *content = about.st_size <= IN_MEMORY_BYTES_MAX ? read_whole(argv[2], about.st_size) : NULL;
    int found = about.st_size <= IN_MEMORY_BYTES_MAX ? judge(schema, argv[2], content, about.st_size) : 0;
    double began = cpu_seconds();
    for (long left = atol(argv[3]); left > 0; left--) found = judge(schema, argv[2], content, about.st_size);
    double ended = cpu_seconds();
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("{\"cpu_seconds\": %f, \"valid\": %s, \"peak_bytes\": %ld}\n", ended - began, found == 0 ? "true" : "false",
           usage.ru_maxrss * 1024L);
    return 0;
}
