/** A bug of one line, planted into the shipped code when it is loaded. */

export interface PlantedBug {
	readonly name: string;
	/** that finds it */
	readonly scenario: 'lifecycle' | 'policy' | 'relay' | 'screens';
	/** from the repository's root */
	readonly file: string;
	/** a piece of source that is there exactly once, within one line */
	readonly source: string;
	readonly instead: string;
}
