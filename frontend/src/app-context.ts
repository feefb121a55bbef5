import { createContext, useContext } from 'solid-js';
import type { Api } from './api/client.ts';
import type { ServerClock } from './ui/time.ts';

/** What every page needs. */
export interface AppContext {
	api: Api;
	serverClock: ServerClock;
	/** the signed-in user's name */
	name: () => string;
	signOut: () => void;
}

const Context = createContext<AppContext>();
export const AppProvider = Context.Provider;

export const useApp = (): AppContext => {
	const app = useContext(Context);
	if (!app) throw new Error('useApp outside of AppProvider');
	return app;
};
