/** As `npm run simulate` calls it. */
export const name = 'screens';
export const about = 'real programs in real tmux, the agent’s terminals, the page’s stream and terminal, a bad way between them (real time)';
