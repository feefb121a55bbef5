/** Tells what the terminal says by itself (answers to a program's questions, focus reports) from what the user typed. */

// DA1, DA2, DA3, XTVERSION, DECRPM, window reports, colours: all begin in a way that no key does. Cursor reports end in R, as F3 with modifiers does in row 1.
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are made of them
const answer = /^(?:\x1b\[[?>=]|\x1bP|\x1b\]|\x1b\[[IO]$|\x1b\[0n|\x1b\[(?!1;[2-8]R)\d+;\d+R|\x1b\[[0-9;]+t)/;

export const isAnswer = (data: string): boolean => answer.test(data);

/** The only one of them that goes to tmux, which asks for it: it tells programs when their user looks at them. */
export const isFocusReport = (data: string): boolean => data === '\x1b[I' || data === '\x1b[O';
