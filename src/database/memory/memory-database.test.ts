import { databaseSuite } from '../database.suite.ts';
import { openMemoryDatabase } from './memory-database.ts';

databaseSuite('memory', async () => openMemoryDatabase());
