/** Text on its way between a program and the clipboard: neither side may steer the other by it. */

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
const controls = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/g;

/** Without control characters; tabs and line ends stay. */
export const plainText = (text: string): string => text.replace(controls, '');
