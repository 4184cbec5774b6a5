/*
 * people: the lists that generate draws from.  Names are common ones put
 * together by chance; missions and time zones are public.
 */
#ifndef BENCH_PEOPLE_H
#define BENCH_PEOPLE_H

#include <stdint.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct mission {
	const char *code;
	const char *country; /* ISO 3166-1 alpha-3 */
	int offset;          /* minutes east of Greenwich */
	uint32_t weight;     /* of 1,000 registrants */
	const char *city;
	const char *street[2];
};

static const struct mission missions[] = {
	{ "KBRI-KUL", "MYS", 480, 150, "50450 KUALA LUMPUR",
	    { "JALAN AMPANG", "LORONG TUN SARDON" } },
	{ "KJRI-JHB", "MYS", 480, 90, "80100 JOHOR BAHRU",
	    { "JALAN TUN DR ISMAIL", "TAMAN ABAD" } },
	{ "KJRI-PEN", "MYS", 480, 45, "11600 PULAU PINANG",
	    { "JALAN BURMA", "LEBUH CARNARVON" } },
	{ "KJRI-KKI", "MYS", 480, 40, "88300 KOTA KINABALU",
	    { "JALAN KEMAJUAN", "LADANG SERI INTAN" } },
	{ "KJRI-KCH", "MYS", 480, 25, "93350 KUCHING",
	    { "JALAN STUTONG", "JALAN TUN JUGAH" } },
	{ "KRI-TWU", "MYS", 480, 30, "91000 TAWAU",
	    { "JALAN APAS", "LADANG BALUNG" } },
	{ "KJRI-HKG", "HKG", 480, 90, "CAUSEWAY BAY, HONG KONG",
	    { "LEIGHTON ROAD", "KESWICK STREET" } },
	{ "KDEI-TPE", "TWN", 480, 85, "台北市 114",
	    { "瑞光路", "RUIGUANG ROAD" } },
	{ "KBRI-SIN", "SGP", 480, 60, "SINGAPORE 249696",
	    { "CHATSWORTH ROAD", "ANG MO KIO AVENUE 3" } },
	{ "KBRI-RUH", "SAU", 180, 35, "RIYADH 11693",
	    { "AL MATHAR STREET", "KING FAHD ROAD" } },
	{ "KJRI-JED", "SAU", 180, 45, "JEDDAH 21411",
	    { "AL MUALIFIN STREET", "AL ANDALUS STREET" } },
	{ "KBRI-SEO", "KOR", 540, 35, "서울 07242",
	    { "여의대방로", "YEOUIDAEBANG-RO" } },
	{ "KBRI-TOK", "JPN", 540, 30, "東京都 141-0022",
	    { "東五反田", "HIGASHI-GOTANDA" } },
	{ "KJRI-OSA", "JPN", 540, 20, "OSAKA 530-0005",
	    { "NAKANOSHIMA", "KITAHAMA" } },
	{ "KBRI-AUH", "ARE", 240, 15, "ABU DHABI",
	    { "SULTAN BIN ZAYED STREET", "AL BATEEN STREET" } },
	{ "KJRI-DXB", "ARE", 240, 20, "DUBAI",
	    { "AL HUDAIBA STREET", "JUMEIRA ROAD" } },
	{ "KBRI-DOH", "QAT", 180, 10, "DOHA",
	    { "AL MAAHED STREET", "AL RAYYAN ROAD" } },
	{ "KBRI-KWI", "KWT", 180, 8, "KUWAIT CITY",
	    { "RASHID BIN AHMED STREET", "BLOCK 6 DAIYA" } },
	{ "KBRI-AMM", "JOR", 180, 6, "AMMAN 11183",
	    { "ALI SEEDO AL KURDI STREET", "ZAHRAN STREET" } },
	{ "KBRI-BSB", "BRN", 480, 20, "BANDAR SERI BEGAWAN BA2112",
	    { "SIMPANG 528", "JALAN KEBANGSAAN" } },
	{ "KBRI-CBR", "AUS", 660, 8, "YARRALUMLA ACT 2600",
	    { "DARWIN AVENUE", "ADELAIDE AVENUE" } },
	{ "KJRI-SYD", "AUS", 660, 25, "MAROUBRA NSW 2035",
	    { "MAROUBRA ROAD", "ANZAC PARADE" } },
	{ "KJRI-MEL", "AUS", 660, 18, "MELBOURNE VIC 3004",
	    { "QUEENS ROAD", "ST KILDA ROAD" } },
	{ "KBRI-WDC", "USA", -300, 12, "WASHINGTON DC 20036",
	    { "MASSACHUSETTS AVENUE NW", "K STREET NW" } },
	{ "KJRI-LAX", "USA", -480, 15, "LOS ANGELES CA 90010",
	    { "WILSHIRE BOULEVARD", "MARIPOSA AVENUE" } },
	{ "KBRI-LDN", "GBR", 0, 10, "LONDON SW1X 7AF",
	    { "GREAT PETER STREET", "ST JOHN'S WOOD ROAD" } },
	{ "KBRI-DHG", "NLD", 60, 13, "2517 DEN HAAG",
	    { "TOBIAS ASSERLAAN", "LAAN VAN MEERDERVOORT" } },
	{ "KBRI-BER", "DEU", 60, 8, "10557 BERLIN",
	    { "LEHRTER STRASSE", "ALT-MOABIT" } },
	{ "KJRI-FRA", "DEU", 60, 10, "50667 KÖLN",
	    { "ZEPPELINALLEE", "HOHE STRASSE" } },
	{ "KBRI-CPH", "DNK", 60, 2, "8000 ÅRHUS",
	    { "ØREHØJ ALLÉ", "SØNDERGADE" } },
	{ "KBRI-CAI", "EGY", 120, 12, "GARDEN CITY, CAIRO",
	    { "AISHA EL TAYMOURIA STREET", "NASR CITY 7TH DISTRICT" } },
	{ "KBRI-ANK", "TUR", 180, 8, "06680 ÇANKAYA, ANKARA",
	    { "ABDULLAH CEVDET SOKAĞI", "ATATÜRK BULVARI" } },
};

static const char *const men[] = { "ABDUL", "ACHMAD", "ADE", "AGUS", "AHMAD",
	"ANDI", "ARIF", "BAMBANG", "BAYU", "BUDI", "DEDI", "DWI", "EKO",
	"FAJAR", "HENDRA", "HERI", "I MADE", "I WAYAN", "IRFAN", "JA'FAR",
	"JOKO", "LALU", "MA'RUF", "MOCH.", "MUHAMMAD", "NYOMAN", "PUTU",
	"RAHMAT", "RIDWAN", "RIO", "RUDI", "SLAMET", "SUGENG", "SYA'BAN",
	"TEGUH", "WAHYU", "YOHANES", "YUSUF" };
static const char *const women[] = { "AISYAH", "ANI", "ASIH", "BAIQ", "DEWI",
	"DIAN", "ENDANG", "FITRI", "HALIMATUS", "IDA", "INTAN", "KADEK",
	"LILIS", "MARIA", "MAR'ATUS", "NI LUH", "NI MADE", "NOVI", "NUR",
	"NUR'AINI", "PUJI", "PUTRI", "RATNA", "RINA", "RO'AINI", "ROKHAYATI",
	"SITI", "SRI", "SUHARTI", "SUMIATI", "TRI", "TUTIK", "UMI", "WAHYUNI",
	"WATI", "YANTI", "YULI" };
static const char *const sons[] = { "ARIFIN", "BIN MA'SUM", "DARMAWAN",
	"FIRMANSYAH", "GUNAWAN", "HIDAYAT", "KURNIAWAN", "MAULANA", "NUGROHO",
	"PRASETYO", "PRATAMA", "PURNOMO", "RAMADHAN", "SAPUTRA", "SETIAWAN",
	"SUTRISNO", "SYA'RONI", "WAHYUDI", "WIBOWO", "WIDODO", "ZAINUDDIN" };
static const char *const daughters[] = { "AMINAH", "ANGGRAINI", "ASTUTI",
	"BINTI JA'FAR", "FATIMAH", "HANDAYANI", "HASANAH", "KHOTIMAH",
	"KUSUMAWATI", "LESTARI", "MA'RIFAH", "NINGSIH", "RAHAYU", "RAHMAWATI",
	"SARI", "SUSANTI", "UTAMI", "WULANDARI", "YULIANTI", "ZULAIKHA" };
static const char *const families[] = { "AL-HABSYI", "DA COSTA", "GINTING",
	"HARAHAP", "HUTAGALUNG", "LUBIS", "NASUTION", "O'NEILL", "PANJAITAN",
	"SIMANJUNTAK", "TUMEWU", "WAROUW" };
static const char *const titles[] = { ", S.PD", ", A.MD.KEP", ", S.E",
	", S.H" };
static const char *const birthplaces[] = { "AMBON", "BANDUNG", "BANYUMAS",
	"BANYUWANGI", "BLITAR", "BREBES", "CILACAP", "CIREBON", "DENPASAR",
	"ENDE", "FAK-FAK", "INDRAMAYU", "JAKARTA", "JEMBER", "KARAWANG",
	"KEBUMEN", "KENDAL", "KUPANG", "LOMBOK TENGAH", "LOMBOK TIMUR",
	"MADIUN", "MALANG", "MEDAN", "PADANG", "PANGKAJENE", "PONOROGO",
	"PONTIANAK", "SUBANG", "SUKABUMI", "SUMBAWA", "SURABAYA", "TABANAN",
	"TULUNGAGUNG", "YOGYAKARTA", "'S-GRAVENHAGE", "NEW YORK" };

#endif
