/** How large an item is, as DynamoDB counts it. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html */

type Attribute = Readonly<Record<string, unknown>>;

const bytesOf = (text: unknown): number => Buffer.byteLength(String(text));
const base64Bytes = (text: unknown): number => Buffer.from(String(text), 'base64').length;
/** documented as approximate: a byte per two digits, one more, and one for a minus */
const numberBytes = (text: unknown): number => {
	const digits = String(text)
		.replace(/e.*$/i, '')
		.replace(/[^0-9]/g, '')
		.replace(/^0+|0+$/g, '');
	return Math.ceil(digits.length / 2) + 1 + (String(text).startsWith('-') ? 1 : 0);
};
/** of a list or map, beside what is in it, and of each element */
const containerBytes = 3;
const elementBytes = 1;

const sum = <T>(values: readonly T[], size: (value: T) => number): number => values.reduce((total, one) => total + size(one), 0);

const valueBytes = (attribute: Attribute): number => {
	const [[type, value] = ['NULL', true]] = Object.entries(attribute);
	const list = Array.isArray(value) ? (value as unknown[]) : [];
	switch (type) {
		case 'S':
			return bytesOf(value);
		case 'N':
			return numberBytes(value);
		case 'B':
			return base64Bytes(value);
		case 'SS':
			return sum(list, bytesOf);
		case 'NS':
			return sum(list, numberBytes);
		case 'BS':
			return sum(list, base64Bytes);
		case 'L':
			return containerBytes + sum(list as Attribute[], (one) => elementBytes + valueBytes(one));
		case 'M':
			return (
				containerBytes + sum(Object.entries(value as Record<string, Attribute>), ([name, one]) => elementBytes + bytesOf(name) + valueBytes(one))
			);
		default:
			return 1;
	}
};

/** bytes: names and values */
export const itemBytes = (item: Readonly<Record<string, Attribute>>): number =>
	sum(Object.entries(item), ([name, attribute]) => bytesOf(name) + valueBytes(attribute));
