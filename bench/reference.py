"""The recipe every figure is compared with: the LSTM of tutorials, fitted plainly."""
import numpy as np

from brest_ts.forecasters import observed_rows
from brest_ts.modelling import keras, set_seed


def fit_reference(learn, validation, follow, seed: int = 42) -> tuple:
    """19 features, 50 ReLU units, dropout 0.2, Adam, batches of 32, up to 200 epochs with patience 30: forecasts of the validation days (MW), and the callback that `follow` made."""
    set_seed(seed)
    rows = observed_rows(learn)
    low, high = rows.min((0, 1)), rows.max((0, 1))
    bottom, span = learn.target.min(), np.ptp(learn.target)
    scale = lambda windows: (observed_rows(windows) - low) / np.where(high > low, high - low, 1)
    goal = lambda windows: (windows.target[..., 0] - bottom) / span
    model = keras.Sequential([keras.layers.LSTM(50, activation="relu"), keras.layers.Dropout(0.2), keras.layers.Dense(learn.target.shape[1])])
    model.compile("adam", loss="mse")
    stop = keras.callbacks.EarlyStopping(monitor="val_loss", patience=30, restore_best_weights=True)
    forecast = lambda model: model.predict_on_batch(rows_ahead) * span + bottom
    rows_ahead, followed = scale(validation), follow(forecast)
    model.fit(scale(learn), goal(learn), validation_data=(rows_ahead, goal(validation)), epochs=200, batch_size=32, callbacks=[stop, followed], verbose=0)
    return forecast(model), followed
