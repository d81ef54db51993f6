import Database from "better-sqlite3";

/** Opens the database with durable commits. */
export function openDatabase(path) {
  const db = new Database(path);
  db.pragma("journal_mode = WAL");
  db.pragma("synchronous = FULL");
  db.exec(`
    CREATE TABLE IF NOT EXISTS organizations (
      id TEXT PRIMARY KEY,
      stripe_customer_id TEXT NOT NULL UNIQUE,
      plan TEXT, interval TEXT, status TEXT,
      cancel_at INTEGER, current_period_end INTEGER,
      granted INTEGER NOT NULL DEFAULT 0,
      purchased INTEGER NOT NULL DEFAULT 0,
      entries INTEGER NOT NULL DEFAULT 0
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS ledger (
      organization TEXT NOT NULL,
      seq INTEGER NOT NULL,
      source TEXT NOT NULL,
      tokens INTEGER NOT NULL,
      balance INTEGER NOT NULL,
      created_at INTEGER NOT NULL,
      PRIMARY KEY (organization, seq),
      UNIQUE (organization, source)
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS events (
      id TEXT PRIMARY KEY,
      type TEXT NOT NULL,
      payload TEXT NOT NULL,
      received_at INTEGER NOT NULL
    ) WITHOUT ROWID;
  `);
  return db;
}

/** Adds organizations with a customer and tokens. */
export function seedOrganizations(db, ids) {
  const insert = db.prepare(`
    INSERT INTO organizations (id, stripe_customer_id, purchased)
    VALUES (?, ?, 1000000000)
  `);
  db.transaction(() => {
    for (const id of ids) insert.run(id, `cus_${id}`);
  })();
}

/**
 * Creates a function that charges tokens once per source, in one transaction.
 * It returns the entry, or null if the balance is insufficient.
 */
export function createCharge(db) {
  const findEntry = db.prepare(`
    SELECT seq, tokens, balance FROM ledger
    WHERE organization = ? AND source = ?
  `);
  const findWallet = db.prepare(`
    SELECT granted, purchased, entries FROM organizations WHERE id = ?
  `);
  const updateWallet = db.prepare(`
    UPDATE organizations SET granted = ?, purchased = ?, entries = ?
    WHERE id = ?
  `);
  const insertEntry = db.prepare(`
    INSERT INTO ledger (organization, seq, source, tokens, balance, created_at)
    VALUES (?, ?, ?, ?, ?, ?)
  `);
  const charge = db.transaction((organization, tokens, source) => {
    const made = findEntry.get(organization, source);
    if (made !== undefined) return made;
    const wallet = findWallet.get(organization);
    const total = (wallet?.granted ?? 0) + (wallet?.purchased ?? 0);
    if (wallet === undefined || total < tokens) return null;
    const granted = Math.max(0, wallet.granted - tokens);
    const seq = wallet.entries + 1;
    const balance = total - tokens;
    updateWallet.run(granted, balance - granted, seq, organization);
    insertEntry.run(organization, seq, source, tokens, balance, Date.now());
    return { seq, tokens, balance };
  });
  return charge.immediate;
}
