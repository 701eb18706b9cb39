/* The memory that probes record facts in. C includes this file and Python reads it with cffi, so it holds
 * plain declarations only. The agent creates the area and writes its head; probes append records. */

#define OBSERVATION_MAGIC 0x4f425352
#define OBSERVATION_CAPACITY 1023
#define OBSERVATION_NAME 40
#define OBSERVATION_DATA 200

/* How to read a record's data. */
#define OBSERVATION_INT 1	/* int64_t */
#define OBSERVATION_REAL 2	/* double */
#define OBSERVATION_BOOL 3	/* int64_t, 0 or 1 */
#define OBSERVATION_BYTES 4	/* text, or bytes */

/* What the record is for. */
#define OBSERVATION_FACT 1	/* compared, recorded once */
#define OBSERVATION_ITEM 2	/* one more member of a list, compared */
#define OBSERVATION_INFO 3	/* never compared */
#define OBSERVATION_STEP 4	/* how far the probe got; the last one counts */

/* 256 bytes. `run` equals the area's own when the record is complete. A value longer than the data goes on in
 * the next records, which were reserved together: `length` is the length of the whole value. */
struct observation_record {
	uint32_t run;
	uint8_t role;
	uint8_t type;
	uint16_t part;
	uint32_t length;
	uint32_t reserved;
	char name[OBSERVATION_NAME];
	unsigned char data[OBSERVATION_DATA];
};

/* 256 bytes. `count` may pass `capacity`: then records were lost, and the reader says so. */
struct observation_head {
	uint32_t magic;
	uint32_t run;
	uint32_t capacity;
	uint32_t count;
	uint32_t reserved[60];
};

struct observation_area {
	struct observation_head head;
	struct observation_record record[OBSERVATION_CAPACITY];
};
