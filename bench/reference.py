"""The recipe every figure is compared with: the LSTM of tutorials, fitted plainly."""
import keras
import numpy as np

from brest_ts.backtesting import _observed_rows
from brest_ts.modelling import set_seed


def fit_reference(learn, validation, features, seed: int = 42) -> tuple[np.ndarray, int]:
    """19 features, 50 ReLU units, dropout 0.2, Adam, batches of 32, up to 200 epochs with patience 30: forecasts of the validation days (MW), and the epochs run."""
    set_seed(seed)
    rows = _observed_rows(learn, features)
    low, high = rows.min((0, 1)), rows.max((0, 1))
    bottom, span = learn.target.min(), np.ptp(learn.target)
    scale = lambda windows: (_observed_rows(windows, features) - low) / np.where(high > low, high - low, 1)
    goal = lambda windows: (windows.target - bottom) / span
    model = keras.Sequential([keras.layers.LSTM(50, activation="relu"), keras.layers.Dropout(0.2), keras.layers.Dense(learn.target.shape[1])])
    model.compile("adam", loss="mse")
    stop = keras.callbacks.EarlyStopping(monitor="val_loss", patience=30, restore_best_weights=True)
    history = model.fit(scale(learn), goal(learn), validation_data=(scale(validation), goal(validation)), epochs=200, batch_size=32, callbacks=[stop], verbose=0)
    return model.predict(scale(validation), verbose=0) * span + bottom, len(history.epoch)
