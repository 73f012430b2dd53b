DROP TABLE feed_positions;
DROP TABLE feeds;
