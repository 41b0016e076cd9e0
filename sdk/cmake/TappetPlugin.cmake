# tappet_add_plugin comes with the SDK.
