/*
 * duckdb.js: what DuckDB's read_csv needs for the checks that a data set of an
 * agreement asks for: types, constraints, key and totals, in one pass.
 *
 *	node duckdb.js AGREEMENT.json FILE.csv [nokey]
 *
 * "nokey" leaves the unique key out.  Prints the counts; ends with 3 when a
 * value is wrong.  Knows what the example agreements hold, and no more.
 */
'use strict';

const fs = require('fs');
const { DuckDBInstance } = require('@duckdb/node-api');

const text = (s) => `'${String(s).replace(/'/g, "''")}'`;
const name = (s) => `"${String(s).replace(/"/g, '""')}"`;

/* The formats of dates are strftime's on both sides. */
const formatOf = (field) =>
	field.format && field.format !== 'default' ? field.format : '%Y-%m-%d';

function typeOf(field) {
	switch (field.type) {
	case 'integer':
		return 'BIGINT';
	case 'number':
		return 'DECIMAL(38,10)';
	case 'boolean':
		return 'BOOLEAN';
	case 'date':
		return 'DATE';
	case 'datetime':
		return 'TIMESTAMP';
	default:
		return 'VARCHAR';
	}
}

/* SQL that is true for a value that breaks a rule. */
function rulesOf(field) {
	const c = field.constraints || {};
	const column = name(field.name);
	const at = (s) => field.type === 'date'
		? `strptime(${text(s)}, ${text(formatOf(field))})::DATE` : s;
	const rules = [];

	if (c.required)
		rules.push(`${column} IS NULL`);
	if (c.pattern)
		rules.push(`NOT regexp_full_match(${column}, ` +
		    `${text(c.pattern.replace(/^\^|\$$/g, ''))})`);
	if (c.enum)
		rules.push(`${column} NOT IN (${c.enum.map(text).join(', ')})`);
	if (c.minLength !== undefined)
		rules.push(`length(${column}) < ${c.minLength}`);
	if (c.maxLength !== undefined)
		rules.push(`length(${column}) > ${c.maxLength}`);
	if (c.minimum !== undefined)
		rules.push(`${column} < ${at(c.minimum)}`);
	if (c.maximum !== undefined)
		rules.push(`${column} > ${at(c.maximum)}`);
	return rules;
}

function queryOf(set, file, key) {
	const columns = set.schema.fields.map(
	    (f) => `${text(f.name)}: ${text(typeOf(f))}`).join(', ');
	const date = set.schema.fields.find((f) => f.type === 'date');
	const wrong = set.schema.fields.flatMap(rulesOf).map(
	    (r) => `count(*) FILTER (WHERE ${r})`);
	const totals = set.totals.flatMap((t, i) => t.count_by
		? [`histogram(${name(t.count_by)}) AS t${i}`]
		: t.sum ? [`sum(${name(t.sum)}) AS t${i}`] : []);
	const keys = [].concat(set.schema.primaryKey || []).map(name).join(', ');

	if (key && keys !== '')
		totals.push(`count(*) - count(DISTINCT (${keys})) AS equal`);
	return `SELECT count(*) AS n, ${wrong.join(' + ')} AS wrong, ` +
	    `${totals.join(', ')} FROM read_csv(${text(file)}, ` +
	    'auto_detect = false, header = true, strict_mode = true, ' +
	    `delim = ${text(set.dialect.delimiter)}, quote = '"', ` +
	    `escape = '"', ` +
	    (date ? `dateformat = ${text(formatOf(date))}, ` : '') +
	    `timestampformat = '%Y-%m-%dT%H:%M:%SZ', ` +
	    `columns = {${columns}})`;
}

async function main(paper, file, key) {
	const set = JSON.parse(fs.readFileSync(paper, 'utf8')).datasets[0];
	const instance = await DuckDBInstance.create(':memory:');
	const db = await instance.connect();
	const result = await db.runAndReadAll(queryOf(set, file, key));
	const row = result.getRowObjectsJson()[0];

	console.log(JSON.stringify(row));
	return Number(row.wrong) > 0 || Number(row.equal || 0) > 0 ? 3 : 0;
}

main(process.argv[2], process.argv[3], process.argv[4] !== 'nokey').then(
    (status) => { process.exitCode = status; },
    (error) => { console.error(error.message); process.exitCode = 1; });
