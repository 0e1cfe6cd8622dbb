"""The touchscreen: passive views, and the `ChargingScreen` that owns the session records.

What a customer sees is worked out without a window, in three steps, and only then drawn:

1. `navigation` says where the customer is: `follow` after the kiosk changed, `step` after a touch. A touch is an
`Intent`; `step` also gives the command it asks for. 2. `view_models.build_screen` turns the kiosk's picture and that
place into a model: every word final, in the customer's language. 3. `stage.Stage` shows the model on the page that
belongs to it, and changes only what differs from what is shown.

Pages are made of few parts: `shapes` are looked at, `writing` is read, `buttons` and `parts` are touched as well,
`page` finds out what a finger touched, `theme` says how large and in which colour. How somebody reads (`reading`:
language, contrast, large text) is chosen by them or their card (`choices`); `wardrobe` has the pages for it. `glass`
looks after the window itself: no way out, dark by night, a picture that wanders. The Bench window of a simulated kiosk
stands apart from all this.
"""
