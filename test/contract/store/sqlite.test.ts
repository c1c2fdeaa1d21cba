import { openMemoryStore } from '../../../src/store/open.ts';
import { storeContract } from './store.ts';

storeContract('SQLite in memory', openMemoryStore, { runs: 60 });
