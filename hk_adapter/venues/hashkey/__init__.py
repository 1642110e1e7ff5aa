"""HashKey: endpoints speak its words, parse turns them into the model, plugin joins them."""
