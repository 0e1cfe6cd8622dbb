-- Version 4: cards remember how their owners read the screens.

ALTER TABLE cards ADD COLUMN language TEXT NOT NULL DEFAULT '';
ALTER TABLE cards ADD COLUMN high_contrast INTEGER NOT NULL DEFAULT 0;
ALTER TABLE cards ADD COLUMN large_text INTEGER NOT NULL DEFAULT 0;
