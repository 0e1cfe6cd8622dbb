"""Why a session ended: its evidence, bundled so that others can check it."""
